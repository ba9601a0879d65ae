#pragma once

#include <compare>
#include <cstdint>

namespace spillway {

/// Line rate counted over Ethernet frames without FCS, as rte_eth_stats counts bytes.
struct BitsPerSecond {
  std::uint64_t value = 0;
  constexpr auto operator<=>(const BitsPerSecond&) const noexcept = default;
};

}  // namespace spillway
