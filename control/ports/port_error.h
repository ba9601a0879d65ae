#pragma once

#include <stdexcept>
#include <string>

#include "control/config/config.h"

namespace spillway {

/// What is wrong with a port, with the place in the configuration that names it.
inline std::runtime_error port_error(const config::Location& where, const std::string& port,
                                     const std::string& what) {
  return std::runtime_error(where.file + ":" + std::to_string(where.line) + ": port \"" + port +
                            "\" " + what);
}

}  // namespace spillway
