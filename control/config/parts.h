#pragma once
// The parts of a configuration, each read from its section. Later parts may refer to earlier ones.

#include "control/config/config.h"
#include "control/config/section.h"

namespace spillway::config {

void read_probes(Section& section, HealthSettings& health);
void read_lans(Section& root, Config& config);
void read_uplinks(Section& root, Config& config);
void read_address_lists(Section& root, Config& config);
void read_routes(Section& root, Config& config);
void read_balance(Section& root, Config& config);
void read_monitors(Section& root, Config& config);
void read_policy(Section& root, Config& config);
void read_port_forwards(Section& root, Config& config);
void read_local_services(Section& root, Config& config);
void read_failure(Section& root, Config& config);
void read_hooks(Section& root, Config& config);
void read_timeouts(Section& root, Config& config);
void read_limits(Section& root, Config& config);
void read_workers(Section& root, Config& config);
void read_control(Section& root, Config& config);
void read_metrics(Section& root, Config& config);

/// All of a configuration from what libconfig has read; `name` stands for the file in errors.
Config read(const libconfig::Setting& root, const std::string& name);

/// "2-5,8"; nothing when it is no such list, or names a CPU twice.
std::optional<std::vector<unsigned>> parse_cpus(std::string_view text);

}  // namespace spillway::config
