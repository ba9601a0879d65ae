#pragma once

#include <optional>
#include <string>

#include "control/config/config.h"

namespace spillway {

/// Why `next` cannot replace `now` while the router runs, with file and line: ports and their
/// addresses, and the size of the table, are fixed at the start. Nothing when it can. Pure.
std::optional<std::string> needs_restart(const config::Config& now, const config::Config& next);

}  // namespace spillway
