#pragma once

#include <cstdint>

#include "dataplane/clock.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// What the control core wants a worker to do to the connections of some uplinks: end those that
/// can go elsewhere, so that their next packets are placed anew (R35), or those that fled, so that
/// they go home (R36). Fixed size: it travels in an rte_ring.
struct ConnectionOrder {
  std::uint16_t uplinks = 0;       ///< bits of an UplinkSet: whose connections are meant
  UplinkId home = UplinkId::none;  ///< the one that came back; none: they leave dead uplinks
  std::uint8_t tell_tcp = 0;       ///< not 0: both ends on our side get a reset
  Millis from;                     ///< who goes home was opened between the two moments
  Millis to;

  UplinkSet set() const noexcept { return UplinkSet(uplinks); }
  bool goes_home() const noexcept { return home != UplinkId::none; }
  /// Whether a connection that was opened at `created` is meant.
  bool covers(Millis created) const noexcept {
    return !goes_home() || created.since(from) <= to.since(from);
  }
};
static_assert(sizeof(ConnectionOrder) == 12);

}  // namespace spillway
