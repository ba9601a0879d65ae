#pragma once
// How new LAN connections are spread: the part of a ConfigSnapshot that selection reads.

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/wan/uplink_id.h"

namespace spillway {

enum class BalanceMode : std::uint8_t {
  bandwidth,   ///< the active uplink; spills along `order` (the talk)
  pcc,         ///< per-connection classifier with weights
  policy,      ///< rules decide; what no rule names follows `failover`
  failover,    ///< first usable uplink by distance
  least_used,  ///< the one with the greatest share of its capacity free
  weighted,    ///< at random, in proportion to the capacities
};

/// What goes by one uplink together.
enum class Sticky : std::uint8_t {
  connection,              ///< each for itself
  source,                  ///< all of a LAN host
  source_and_destination,  ///< all between two hosts
};

/// What the per-connection classifier hashes, in RouterOS' terms.
enum class Classifier : std::uint8_t {
  src_address,
  dst_address,
  src_port,
  dst_port,
  both_addresses,
  both_ports,
  src_address_and_port,
  dst_address_and_port,
  both_addresses_and_ports,
};

/// Immutable once published. `order` lists all uplinks, the preferred one first (bandwidth);
/// `by_distance` likewise by the main table's distances (failover).
struct BalancePlan {
  BalanceMode mode = BalanceMode::failover;
  Sticky sticky = Sticky::connection;
  std::uint32_t sticky_ms = 0;  ///< how long a host stays, since its last new connection
  Classifier classifier = Classifier::both_addresses;
  std::size_t uplinks = 0;
  std::array<UplinkId, kMaxUplinks> order{};
  std::array<UplinkId, kMaxUplinks> by_distance{};
  std::array<std::uint32_t, kMaxUplinks> weight{};  ///< for pcc; for weighted the capacity
};

}  // namespace spillway
