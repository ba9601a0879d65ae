#pragma once

#include <cstdint>

#include "dataplane/clock.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// What the control core wants a worker to do to the connections of some uplinks: end them here, so
/// that their next packets are placed anew (R35). Fixed size: it travels in an rte_ring.
struct ConnectionOrder {
  std::uint16_t uplinks = 0;  ///< bits of an UplinkSet
  std::uint8_t tell_tcp = 0;  ///< not 0: both ends on our side get a reset
  std::uint8_t any_age = 1;   ///< 0: only those opened between the two moments
  Millis from;
  Millis to;

  UplinkSet set() const noexcept { return UplinkSet(uplinks); }
  /// Whether a connection that was opened at `created` is meant.
  bool covers(Millis created) const noexcept {
    return any_age != 0 || created.since(from) <= to.since(from);
  }
};
static_assert(sizeof(ConnectionOrder) == 12);

}  // namespace spillway
