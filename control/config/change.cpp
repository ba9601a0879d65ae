#include "control/config/change.h"

#include <functional>
#include <libconfig.h++>
#include <regex>

#include "control/config/load.h"
#include "control/config/parts.h"

namespace spillway::config {
namespace {

using libconfig::Setting;

/// No file has these lines.
std::string without_places(const std::string& errors) {
  static const std::regex place("(^|\n)change(:[0-9]+)?: ");
  return std::regex_replace(errors, place, "$1");
}

/// Reads all of the configuration anew, so that whatever depends on the setting is checked.
Config changed(const Config& now, const std::function<void(Setting& root)>& change) {
  libconfig::Config file;
  file.readString(effective(now));
  change(file.getRoot());
  try {
    return read(file.getRoot(), "change");
  } catch (const ConfigError& e) {
    throw ConfigError(without_places(e.what()));
  }
}

void put(Setting& group, const char* key, const std::string& text) {
  if (group.exists(key)) group.remove(key);
  group.add(key, Setting::TypeString) = text;
}

}  // namespace

// What comes back has gone through text, where fractions lose digits: only what was changed is
// taken.

Config with_threshold(const Config& now, UplinkId uplink, const std::string& above,
                      const std::optional<std::string>& below) {
  const auto at = static_cast<int>(index_of(uplink));
  const Config read_back = changed(now, [&](Setting& root) {
    Setting& group = root["uplinks"][at];
    if (!group.exists("threshold")) group.add("threshold", Setting::TypeGroup);
    put(group["threshold"], "spill_above", above);
    put(group["threshold"], "return_below", below.value_or(above));
  });
  Config next = now;
  next.uplinks[index_of(uplink)].threshold = read_back.uplinks[index_of(uplink)].threshold;
  return next;
}

Config with_mode(const Config& now, const std::string& mode) {
  Config next = now;
  next.balance.mode =
      changed(now, [&](Setting& root) { put(root["balance"], "mode", mode); }).balance.mode;
  return next;
}

}  // namespace spillway::config
