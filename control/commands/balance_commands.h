#pragma once
// `show active` and `show monitors`: where new connections go, and what would change that.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/balance/uplink_rate.h"
#include "control/commands/command_table.h"
#include "control/config/config.h"

namespace spillway {

struct ActiveView {
  bool forwarding = true;  ///< false: somebody said `stop`
  std::string mode;
  std::optional<std::string> active;  ///< nothing: no uplink is usable
  /// The last change of the active uplink: how long ago, and why. Nothing: it is as at the start.
  std::optional<std::chrono::nanoseconds> since;
  std::string cause;
  std::vector<std::string> usable;
  std::vector<std::string> overloaded;
};

/// A Traffic Monitor of the talk.
struct MonitorView {
  std::string name;
  std::string interface;
  config::Traffic traffic = config::Traffic::received;
  config::Trigger trigger = config::Trigger::above;
  BitsPerSecond threshold;
  BitsPerSecond rate;  ///< what is compared with it; of `either`: the greater one
  bool above = false;  ///< the threshold
  std::string on_event;
  bool requested = false;  ///< its uplink is what monitors ask for now
};

void add_balance_commands(CommandTable& table, std::function<ActiveView()> active,
                          std::function<std::vector<MonitorView>()> monitors);

std::string active_to_text(const ActiveView& active);
std::string active_to_json(const ActiveView& active);
std::string monitors_to_text(const std::vector<MonitorView>& monitors);
std::string monitors_to_json(const std::vector<MonitorView>& monitors);

}  // namespace spillway
