#pragma once
// Numbers for people; the same in every locale.

#include <cstdint>
#include <string>

#include "dataplane/units.h"

namespace spillway::replay {

/// 62,781
std::string with_separators(std::uint64_t value);
/// "9.41 Mbit/s"
std::string rate_text(BitsPerSecond rate);
/// "23.4 MB" (powers of 1000)
std::string bytes_text(std::uint64_t bytes);
/// "12.345 s", "1 h 02 min 03 s"
std::string duration_text(double seconds);
/// With `decimals` digits after the point.
std::string fixed(double value, int decimals);

}  // namespace spillway::replay
