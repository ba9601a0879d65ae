#include "control/commands/set_commands.h"

#include <algorithm>
#include <exception>
#include <memory>

#include "control/commands/text_table.h"
#include "control/config/change.h"
#include "control/config/words.h"

namespace spillway {
namespace {

constexpr const char* kUntilReload =
    "; until the file is read again (reload), or for good once it says the same\n";

const std::vector<std::pair<std::string, AdminState>> kAdminWords = {
    {"up", AdminState::enabled}, {"down", AdminState::disabled}, {"drain", AdminState::drained}};

[[noreturn]] void refuse(const std::optional<std::string>& found, const std::string& allowed) {
  throw CommandError((found ? "found \"" + *found + "\"" : "nothing is named") +
                     "; allowed: " + allowed);
}

std::vector<std::string> names_of(const config::Config& config) {
  std::vector<std::string> names;
  for (const config::Uplink& uplink : config.uplinks) names.push_back(uplink.name);
  return names;
}

std::vector<std::string> mode_words() {
  std::vector<std::string> words;
  for (const auto& [word, mode] : config::kModes) words.emplace_back(word);
  return words;
}

class Setter {
 public:
  explicit Setter(Controls controls) : controls_(std::move(controls)) {}

  Answer uplink(Arguments& arguments) {
    const config::Config& config = controls_.config();
    const auto name = arguments.word();
    const auto id = name ? config.find_uplink(*name) : std::nullopt;
    if (!id) refuse(name, "an uplink: " + list_of(names_of(config)));
    const auto what = arguments.word();
    if (what == "threshold") return threshold(*id, arguments);
    const auto state = std::find_if(kAdminWords.begin(), kAdminWords.end(),
                                    [&](const auto& word) { return word.first == what; });
    if (state == kAdminWords.end()) refuse(what, "up, down, drain, threshold ABOVE [BELOW]");
    arguments.finish("");
    controls_.set_admin(*id, state->second);
    controls_.tell(*name, "set uplink " + *name + " " + *what);
    return {true, *name + ": " + *what + "; also over a reload, until the router ends\n"};
  }

  Answer mode(Arguments& arguments) {
    const auto word = arguments.word();
    const std::vector<std::string> words = mode_words();
    if (!word || std::find(words.begin(), words.end(), *word) == words.end())
      refuse(word, list_of(words));
    arguments.finish("");
    adopt([&](const config::Config& now) { return config::with_mode(now, *word); });
    controls_.tell("", "set balance mode " + *word);
    return {true, "mode " + *word + kUntilReload};
  }

  Answer log_level(Arguments& arguments) const {
    const auto word = arguments.word();
    if (!word || std::find(kLogLevels.begin(), kLogLevels.end(), *word) == kLogLevels.end())
      refuse(word, list_of(kLogLevels));
    arguments.finish("");
    controls_.set_log_level(*word);
    controls_.tell("", "set log level " + *word);
    return {true, "log level " + *word + "; until the router ends\n"};
  }

  std::vector<std::string> uplinks() const { return names_of(controls_.config()); }

 private:
  Answer threshold(UplinkId id, Arguments& arguments) {
    const auto above = arguments.word();
    if (!above) refuse(above, "a rate such as \"5.5M\" or \"5Mi\", or a part such as \"80%\"");
    const auto below = arguments.word();
    arguments.finish("one or two rates");
    adopt(
        [&](const config::Config& now) { return config::with_threshold(now, id, *above, below); });
    const config::Uplink& uplink = controls_.config().uplinks[index_of(id)];
    controls_.tell(uplink.name, "set uplink " + uplink.name + " threshold " + *above +
                                    (below ? " " + *below : ""));
    const config::Threshold& t = *uplink.threshold;
    return {true, uplink.name + ": overloaded above " +
                      std::to_string(t.spill_above.of(t.traffic).value) +
                      " bit/s, no longer below " +
                      std::to_string(t.return_below.of(t.traffic).value) + " bit/s" + kUntilReload};
  }

  template <typename Change>
  void adopt(Change&& change) {
    try {
      controls_.adopt(change(controls_.config()));
    } catch (const std::exception& e) {
      throw CommandError(e.what());
    }
  }

  Controls controls_;
};

}  // namespace

void add_set_commands(CommandTable& table, Controls controls) {
  const auto setter = std::make_shared<Setter>(std::move(controls));
  table.add({"set uplink", "NAME up|down|drain | NAME threshold ABOVE [BELOW]",
             "let it take new connections or not; from where on it is overloaded",
             [setter](Arguments& arguments) { return setter->uplink(arguments); }, Rights::change,
             [setter] { return setter->uplinks(); }});
  table.add({"set balance mode", "MODE", "another way to choose the uplink of new connections",
             [setter](Arguments& arguments) { return setter->mode(arguments); }, Rights::change,
             mode_words});
  table.add({"set log level", "LEVEL", "how much the log says",
             [setter](Arguments& arguments) { return setter->log_level(arguments); },
             Rights::change, [] { return kLogLevels; }});
}

}  // namespace spillway
