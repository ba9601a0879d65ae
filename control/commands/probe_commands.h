#pragma once

#include <functional>
#include <string>
#include <vector>

#include "control/commands/uplink_commands.h"

namespace spillway {

/// `show probes`: of every uplink, a line each.
void add_probe_commands(CommandTable& table, std::function<std::vector<UplinkView>()> uplinks);

std::string probes_to_text(const std::vector<UplinkView>& uplinks);
std::string probes_to_json(const std::vector<UplinkView>& uplinks);

}  // namespace spillway
