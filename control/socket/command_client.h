#pragma once

#include <string>

#include "control/socket/command_server.h"

namespace spillway {

/// Where a router listens unless told otherwise.
inline constexpr char kDefaultSocket[] = "/run/spillway.sock";

/// Sends one line to the router at `path` and waits for its answer. Throws std::runtime_error when
/// there is no router. Thread contract: any.
Answer ask_router(const std::string& path, const std::string& line);

}  // namespace spillway
