#include "tests/lab/wire/options.h"

#include <charconv>

#include "tests/lab/wire/command.h"

namespace spillway::wire {
namespace {

std::uint64_t integer(const std::string& option, const std::string& text, std::uint64_t least,
                      std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || number < least || number > most)
    throw SettingError(option + ": found \"" + text + "\"; allowed: an integer from " +
                       std::to_string(least) + " to " + std::to_string(most));
  return number;
}

void read_setting(Options& options, const std::string& option, const std::string& value) {
  if (option.rfind("--", 0) != 0)
    throw SettingError("unexpected \"" + option + "\"; options begin with --");
  std::string name = option.substr(2);
  const Scope scope = take_scope(name, '-');
  try {
    if (scope.ab) change(options.ab, name, value);
    if (scope.ba) change(options.ba, name, value);
  } catch (const SettingError& e) {
    throw SettingError(option + ": " + e.what());
  }
}

void read_option(Options& options, const std::string& option, const std::string& value) {
  constexpr std::uint64_t kLastVlan = 4094;  // IEEE 802.1Q 9.6
  if (option == "--a") {
    options.a = value;
  } else if (option == "--b") {
    options.b = value;
  } else if (option == "--vlan-a") {
    options.vlan_a = static_cast<std::uint16_t>(integer(option, value, 1, kLastVlan));
  } else if (option == "--control") {
    options.control = value;
  } else if (option == "--seed") {
    options.seed = integer(option, value, 0, UINT64_MAX);
  } else {
    read_setting(options, option, value);
  }
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (arguments[i] == "--help") {
      options.help = true;
      return options;
    }
    if (i + 1 == arguments.size()) throw SettingError(arguments[i] + ": needs a value");
    read_option(options, arguments[i], arguments[i + 1]);
  }
  if (options.a.empty()) throw SettingError("--a: needs the name of an interface");
  if (options.b.empty()) throw SettingError("--b: needs the name of an interface");
  if (options.a == options.b) throw SettingError("--b: the same interface as --a");
  return options;
}

std::string help_text() {
  return "usage: lab-wire --a INTERFACE --b INTERFACE [options]\n"
         "Moves every frame from one interface to the other and back until SIGTERM.\n"
         "  --vlan-a ID      frames on side A carry this 802.1Q tag, on side B none\n"
         "  --control PATH   takes commands as datagrams on this Unix socket\n"
         "  --seed N         of the random decisions (default 1)\n"
         "  --NAME VALUE     a setting of both directions; --ab-NAME, --ba-NAME: of one\n"
         "Settings: " +
         setting_names() + "\nCommands: [ab|ba] NAME VALUE, cut, join, reset, counters\n";
}

}  // namespace spillway::wire
