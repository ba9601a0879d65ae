#pragma once

#include <string>
#include <string_view>

namespace spillway::replay {

/// What a drop reason means; empty for an unknown one.
std::string_view drop_meaning(const std::string& reason);

/// Why a captured packet was not fed to the router.
std::string_view skip_meaning(const std::string& reason);

}  // namespace spillway::replay
