#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// Where a packet came in: part of every FlowKey, so that a reply through the wrong uplink never
/// matches.
enum class Zone : std::uint8_t { lan = 0, kernel = 1, first_uplink = 2 };

constexpr Zone zone_of(UplinkId id) noexcept {
  return static_cast<Zone>(2u + index_of(id));
}
constexpr bool is_uplink(Zone z) noexcept {
  return z >= Zone::first_uplink;
}
constexpr UplinkId uplink_of(Zone z) noexcept {
  return is_uplink(z) ? static_cast<UplinkId>(static_cast<std::size_t>(z) - 2u) : UplinkId::none;
}

}  // namespace spillway
