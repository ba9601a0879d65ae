#pragma once
// `set ...`: what an administrator changes while the router runs.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "control/health/health_machine.h"

namespace spillway {

/// What may be set. Each takes effect at once; what is refused changes nothing.
struct Controls {
  /// The configuration in force.
  std::function<const config::Config&()> config;
  /// Puts another one in its place. Throws std::runtime_error that says why not.
  std::function<void(config::Config)> adopt;
  std::function<void(UplinkId, AdminState)> set_admin;
  /// One of kLogLevels.
  std::function<void(const std::string&)> set_log_level;
  /// Tells what an administrator has done: about what (may be empty), and the command.
  std::function<void(const std::string& subject, const std::string& command)> tell;
};

inline const std::vector<std::string> kLogLevels = {"trace", "debug", "info", "warning", "error"};

void add_set_commands(CommandTable& table, Controls controls);

}  // namespace spillway
