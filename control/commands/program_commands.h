#pragma once
// `show config` and `show version`: the program itself, and what it was told.

#include <functional>
#include <string>

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "dataplane/clock.h"

namespace spillway {

struct VersionView {
  std::string spillway;
  std::string dpdk;
  std::string compiler;
  std::chrono::nanoseconds uptime{};
  std::int64_t pid = 0;
  std::string config_file;
};

/// The configuration by reference: it is the one in force at the moment of the answer.
void add_program_commands(CommandTable& table, std::function<const config::Config&()> config,
                          std::function<VersionView()> version);

std::string version_to_text(const VersionView& version);
std::string version_to_json(const VersionView& version);
/// As the file has it, with every default filled in: groups are objects, lists are lists.
std::string config_to_json(const config::Config& config);

}  // namespace spillway
