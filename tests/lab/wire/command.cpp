#include "tests/lab/wire/command.h"

#include <functional>
#include <sstream>

namespace spillway::wire {
namespace {

std::string counters_of(Way& way) {
  const Counters& c = way.frames.counters;
  std::ostringstream out;
  out << "{\"received\": " << c.received << ", \"received_bytes\": " << c.received_bytes
      << ", \"duplicated\": " << c.duplicated << ", \"reordered\": " << c.reordered
      << ", \"sent\": " << c.sent << ", \"lost\": " << c.lost
      << ", \"overflowed\": " << c.overflowed << ", \"cut\": " << c.cut
      << ", \"unsendable\": " << c.unsendable << ", \"waiting\": " << way.frames.waiting()
      << ", \"overrun\": " << way.from.overrun() << ", \"other_vlan\": " << way.from.other_vlan()
      << ", \"unfinished_checksums\": " << way.from.unfinished_checksums() << "}";
  return out.str();
}

void for_each_way(const Scope& scope, Way& ab, Way& ba,
                  const std::function<void(Settings&)>& action) {
  // Both or none: the second must not fail after the first was changed.
  Settings new_ab = ab.frames.settings;
  Settings new_ba = ba.frames.settings;
  if (scope.ab) action(new_ab);
  if (scope.ba) action(new_ba);
  ab.frames.settings = new_ab;
  ba.frames.settings = new_ba;
}

std::string obey_words(const std::string& verb, const std::string& value, const Scope& scope,
                       Way& ab, Way& ba) {
  if (verb == "counters")
    return "{\"ab\": " + counters_of(ab) + ", \"ba\": " + counters_of(ba) + "}";
  if (verb == "cut" || verb == "join") {
    for_each_way(scope, ab, ba, [&](Settings& s) { s.cut = verb == "cut"; });
  } else if (verb == "reset") {
    for_each_way(scope, ab, ba, [](Settings& s) { s = Settings{}; });
  } else {
    for_each_way(scope, ab, ba, [&](Settings& s) { change(s, verb, value); });
  }
  return "ok";
}

}  // namespace

Scope take_scope(std::string& word, char separator) {
  constexpr std::size_t kLength = 3;
  const std::string front = word.substr(0, kLength);
  if (front != std::string("ab") + separator && front != std::string("ba") + separator) return {};
  word.erase(0, kLength);
  return {front[0] == 'a', front[0] == 'b'};
}

std::string obey(const std::string& line, Way& ab, Way& ba) {
  std::string rest = line;
  const Scope scope = take_scope(rest, ' ');
  std::istringstream words(rest);
  std::string verb;
  std::string value;
  std::string more;
  words >> verb >> value >> more;
  try {
    if (!more.empty()) throw SettingError("more than a name and a value");
    return obey_words(verb, value, scope, ab, ba);
  } catch (const SettingError& e) {
    return "error: " + verb + ": " + e.what();
  }
}

}  // namespace spillway::wire
