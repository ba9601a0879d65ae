#pragma once

#include <stdexcept>
#include <string>

#include "control/config/config.h"

namespace spillway::config {

/// Everything that is wrong with a configuration, one error a line:
/// `FILE:LINE: setting \`uplinks[0].gateway\`: found "1.1.1"; allowed: an IPv4 address`.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads, checks and completes a configuration file. Throws ConfigError. Control only.
Config load(const std::string& path);

/// The same from text; `name` stands for the file in errors.
Config parse(const std::string& text, const std::string& name);

/// The whole configuration with every default filled in, in the syntax of the file: reading it back
/// gives the same configuration.
std::string effective(const Config& config);

}  // namespace spillway::config
