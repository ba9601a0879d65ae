#pragma once

#include <cstddef>
#include <cstdint>

namespace spillway {

/// Which way a packet of a connection goes, seen from who opened it.
enum class Direction : std::uint8_t { original = 0, reply = 1 };

constexpr std::size_t index_of(Direction d) noexcept {
  return static_cast<std::size_t>(d);
}
constexpr Direction opposite(Direction d) noexcept {
  return d == Direction::original ? Direction::reply : Direction::original;
}

}  // namespace spillway
