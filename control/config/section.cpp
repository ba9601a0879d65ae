#include "control/config/section.h"

#include <algorithm>
#include <numeric>

#include "control/config/load.h"
#include "control/config/rate.h"

namespace spillway::config {
namespace {

using libconfig::Setting;

bool is_sequence(const Setting& s) {
  return s.getType() == Setting::TypeList || s.getType() == Setting::TypeArray;
}

bool is_integer(const Setting& s) {
  return s.getType() == Setting::TypeInt || s.getType() == Setting::TypeInt64;
}

std::int64_t value_of(const Setting& s) {
  return s.getType() == Setting::TypeInt ? static_cast<int>(s) : static_cast<long long>(s);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

std::string suggestion(const std::string& wrong, const std::vector<std::string>& known) {
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
        return edit_distance(wrong, a) < edit_distance(wrong, b);
      });
  if (nearest == known.end() ||
      edit_distance(wrong, *nearest) > std::max<std::size_t>(2, wrong.size() / 3))
    return "";
  return "; did you mean `" + *nearest + "`?";
}

std::string join(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words) result += (result.empty() ? "" : ", ") + word;
  return result;
}

}  // namespace

void Errors::add(const Location& where, const std::string& setting, const std::string& what) {
  if (lines_.size() == kMost) {
    ++more_;
    return;
  }
  // What is missing at the top level stands on no line.
  const std::string line = where.line > 0 ? ":" + std::to_string(where.line) : "";
  lines_.push_back(where.file + line + ": setting `" + setting + "`: " + what);
}

void Errors::throw_if_any() const {
  if (lines_.empty()) return;
  std::string text;
  for (const auto& line : lines_) text += (text.empty() ? "" : "\n") + line;
  if (more_ > 0) text += "\n" + std::to_string(more_) + " errors more";
  throw ConfigError(text);
}

Location Errors::locate(const Setting& setting) const {
  const char* included = setting.getSourceFile();
  return {included != nullptr ? included : file_, setting.getSourceLine()};
}

std::string describe(const Setting& s) {
  switch (s.getType()) {
    case Setting::TypeString:
      return "\"" + std::string(s.c_str()) + "\"";
    case Setting::TypeBoolean:
      return static_cast<bool>(s) ? "true" : "false";
    case Setting::TypeFloat:
      return std::to_string(static_cast<double>(s));
    case Setting::TypeInt:
    case Setting::TypeInt64:
      return std::to_string(value_of(s));
    case Setting::TypeGroup:
      return "a group";
    case Setting::TypeArray:
    case Setting::TypeList:
      return "a list";
    default:
      return "nothing";
  }
}

Section::Section(const Setting& group, std::string path, Errors& errors)
    : group_(group), path_(std::move(path)), errors_(errors) {}

bool Section::is_number(const char* key) const {
  return group_.exists(key) && is_integer(group_[key]);
}

bool Section::is_group(const char* key) const {
  return group_.exists(key) && group_[key].getType() == Setting::TypeGroup;
}

const Setting* Section::find(const char* key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return group_.exists(key) ? &group_[key] : nullptr;
}

std::string Section::name_of(const char* key) const {
  return path_.empty() ? key : path_ + "." + key;
}

Location Section::location_of(const char* key) const {
  return group_.exists(key) ? errors_.locate(group_[key]) : where();
}

std::optional<std::string> Section::text(const char* key) {
  const Setting* s = find(key);
  if (s == nullptr) return std::nullopt;
  if (s->getType() == Setting::TypeString) return std::string(s->c_str());
  reject(key, "text in double quotes");
  return std::nullopt;
}

std::optional<bool> Section::boolean(const char* key) {
  const Setting* s = find(key);
  if (s == nullptr) return std::nullopt;
  if (s->getType() == Setting::TypeBoolean) return static_cast<bool>(*s);
  reject(key, "true or false");
  return std::nullopt;
}

std::optional<std::uint64_t> Section::integer(const char* key, std::uint64_t least,
                                              std::uint64_t most) {
  const Setting* s = find(key);
  if (s == nullptr) return std::nullopt;
  if (is_integer(*s)) {
    const std::int64_t value = value_of(*s);
    if (value >= 0 && static_cast<std::uint64_t>(value) >= least &&
        static_cast<std::uint64_t>(value) <= most)
      return static_cast<std::uint64_t>(value);
  }
  reject(key, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<BitsPerSecond> Section::rate(const char* key) {
  const Setting* s = find(key);
  if (s == nullptr) return std::nullopt;
  if (is_integer(*s) && value_of(*s) > 0)
    return BitsPerSecond{static_cast<std::uint64_t>(value_of(*s))};
  if (s->getType() == Setting::TypeString)
    if (const auto rate = parse_rate(s->c_str()); rate && rate->value > 0) return rate;
  reject(
      key,
      "a rate above 0 in bit/s: an integer, or text such as \"512k\", \"5.5M\", \"1G\", \"5Mi\"");
  return std::nullopt;
}

std::optional<RateLimit> Section::rate_or_share(const char* key, const Uplink& of,
                                                Traffic traffic) {
  const Setting* s = find(key);
  const bool is_text = s != nullptr && s->getType() == Setting::TypeString;
  const auto share = is_text ? parse_share(s->c_str()) : std::nullopt;
  if (!share) {
    const auto same = rate(key);
    if (!same) return std::nullopt;
    return RateLimit::both(*same);
  }
  const bool rx_missing = traffic != Traffic::transmitted && !of.capacity_rx;
  const bool tx_missing = traffic != Traffic::received && !of.capacity_tx;
  if (rx_missing || tx_missing) {
    mistake(key, "is a part of the capacity of " + of.name + ", which states no capacity." +
                     (rx_missing ? "rx" : "tx"));
    return std::nullopt;
  }
  const auto part = [&](const std::optional<BitsPerSecond>& capacity) {
    const auto all = static_cast<double>(capacity.value_or(BitsPerSecond{0}).value);
    return BitsPerSecond{static_cast<std::uint64_t>(all * *share)};
  };
  return RateLimit{part(of.capacity_rx), part(of.capacity_tx), *share};
}

void Section::group(const char* key, const std::function<void(Section&)>& read) {
  const Setting* s = find(key);
  if (s == nullptr) return;
  if (s->getType() != Setting::TypeGroup) {
    reject(key, "a group: { ... }");
    return;
  }
  Section section(*s, name_of(key), errors_);
  read(section);
  section.finish();
}

void Section::each_group(const char* key, const std::function<void(Section&)>& read) {
  const Setting* s = find(key);
  if (s == nullptr) return;
  if (s->getType() == Setting::TypeGroup) {
    group(key, read);
    return;
  }
  if (!is_sequence(*s)) {
    reject(key, "a list of groups: ( { ... }, { ... } )");
    return;
  }
  for (int i = 0; i < s->getLength(); ++i) {
    const Setting& element = (*s)[i];
    const std::string name = name_of(key) + "[" + std::to_string(i) + "]";
    if (element.getType() != Setting::TypeGroup) {
      errors_.add(errors_.locate(element), name,
                  "found " + describe(element) + "; allowed: a group: { ... }");
      continue;
    }
    Section section(element, name, errors_);
    read(section);
    section.finish();
  }
}

void Section::each_text(const char* key, const std::function<void(const std::string&)>& read) {
  const Setting* s = find(key);
  if (s == nullptr) return;
  if (s->getType() == Setting::TypeString) {
    read(s->c_str());
    return;
  }
  bool good = is_sequence(*s);
  for (int i = 0; good && i < s->getLength(); ++i) good = (*s)[i].getType() == Setting::TypeString;
  if (!good) {
    reject(key, "text in double quotes, or a list of such: ( \"...\", \"...\" )");
    return;
  }
  for (int i = 0; i < s->getLength(); ++i) read((*s)[i].c_str());
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  for (int i = 0; i < group_.getLength(); ++i) names.emplace_back(group_[i].getName());
  return names;
}

void Section::require(const char* key, const char* allowed) {
  find(key);
  if (!has(key)) errors_.add(where(), name_of(key), std::string("missing; allowed: ") + allowed);
}

void Section::reject(const char* key, const std::string& allowed) {
  const std::string found = group_.exists(key) ? describe(group_[key]) : "nothing";
  errors_.add(location_of(key), name_of(key), "found " + found + "; allowed: " + allowed);
}

void Section::mistake(const char* key, const std::string& what) {
  errors_.add(location_of(key), name_of(key), what);
}

void Section::finish() {
  for (const std::string& key : keys()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    errors_.add(location_of(key.c_str()), name_of(key.c_str()),
                "unknown" + suggestion(key, known_) + "; allowed here: " + join(known_));
  }
}

}  // namespace spillway::config
