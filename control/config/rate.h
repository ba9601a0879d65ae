#pragma once

#include <optional>
#include <string_view>

#include "dataplane/units.h"

namespace spillway::config {

/// "5242880", "512k", "5.5M", "1G" (powers of 1000) or "5Mi" (powers of 1024), in bit/s; nothing
/// when it is none of these or does not fit 64 bits.
std::optional<BitsPerSecond> parse_rate(std::string_view text);

/// "80%" or "12.5%", as a fraction; nothing when it is no number of per cent above 0 and up to 100.
std::optional<double> parse_share(std::string_view text);

}  // namespace spillway::config
