#pragma once

#include <string>
#include <string_view>

#include "control/replay/report/report.h"

namespace spillway::replay {

/// Rates of each uplink over time with thresholds and switches, and below them the new connections,
/// as one SVG element. Thread contract: any.
std::string to_svg(const Report& report);

/// For text in XML and in double-quoted attributes.
std::string escaped(std::string_view text);

/// The colour of an uplink, as a CSS value; told apart by people who see few colours too.
std::string_view uplink_colour(std::size_t uplink);

}  // namespace spillway::replay
