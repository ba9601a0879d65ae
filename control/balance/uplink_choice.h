#pragma once

#include <span>

#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// What the choice of the active uplink depends on.
struct ChoiceInput {
  std::span<const UplinkId> order;  ///< all uplinks, the preferred one first
  UplinkSet usable;
  UplinkSet overloaded;
  UplinkId requested = UplinkId::none;  ///< by a monitor; none: no request stands
  UplinkId current = UplinkId::none;    ///< the choice that stands
  std::span<const double> share;        ///< per uplink: its rate divided by its threshold
};

/// The uplink for new connections: the requested one, or else the first in `order`, if it is usable
/// and not overloaded; otherwise the next in `order` that is, going round past the end. (Going on
/// from the requested uplink, not from the first, keeps away from the one that the monitor found
/// too busy.) When all usable ones are overloaded, workers choose for each connection, and the
/// current choice stands as long as it is usable, then the one with the least share; when none is
/// usable, none. A pure function: the same input gives the same choice.
UplinkId choose_uplink(const ChoiceInput& input) noexcept;

/// True when something is usable and all of it is overloaded.
bool all_overloaded(UplinkSet usable, UplinkSet overloaded) noexcept;

}  // namespace spillway
