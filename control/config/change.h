#pragma once
// One setting changed while the router runs, with the same checks as when the file is read.

#include <optional>
#include <string>

#include "control/config/config.h"

namespace spillway::config {

/// `now` with other thresholds of an uplink, in the words of the file: "5M", "80%". Without `below`
/// it is the same as `above`. Throws ConfigError that names the setting, what was found and what is
/// allowed. Control only, as all of these.
Config with_threshold(const Config& now, UplinkId uplink, const std::string& above,
                      const std::optional<std::string>& below);

/// `now` with another way to choose uplinks.
Config with_mode(const Config& now, const std::string& mode);

}  // namespace spillway::config
