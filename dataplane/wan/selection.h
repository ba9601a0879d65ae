#pragma once

#include "dataplane/conn/flow_key.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/balance_plan.h"
#include "dataplane/wan/placement_budget.h"

namespace spillway {

/// What decided. Each mode has its own; `none_usable` comes with no uplink.
enum class ChoiceReason : std::uint8_t {
  none_usable,        ///< no candidate is usable
  active,             ///< bandwidth: the active uplink, which has room
  relief,             ///< bandwidth: that one cannot take it; the first in order that can
  least_loaded,       ///< least-used: of those that are not overloaded
  all_full,           ///< bandwidth, least-used: nobody has room; the least loaded one
  hash,               ///< pcc, weighted: the hash falls on it
  hash_of_others,     ///< the same, but the hash falls on one that is not usable
  reserve,            ///< the same, and all that is usable has weight 0: the first by distance
  distance,           ///< failover, policy: the first by distance
  along_with_source,  ///< not the mode: the host's connections go there already
};

struct Choice {
  UplinkId uplink = UplinkId::none;
  ChoiceReason reason = ChoiceReason::none_usable;
};

/// The uplink for a new connection from the LAN, one of `candidates` that is usable, or none.
///
/// - bandwidth: the active uplink while it has room, else the first in order that is not overloaded
///   and has room; when none has room, or all are overloaded, the least loaded one.
/// - pcc: by the classifier's hash, in proportion to the weights; what falls on an unusable uplink
///   is spread over the usable ones, and nothing else moves.
/// - least-used: the least loaded one of those that are not overloaded, or of all.
/// - weighted: at random, in proportion to the capacities.
/// - failover, policy: the first by distance.
///
/// Reads the budget, does not take from it. Thread contract: any.
Choice select_uplink(const BalancePlan& plan, const ActiveWord& active, UplinkSet candidates,
                     const FlowKey& key, const PlacementBudget& budget) noexcept;

}  // namespace spillway
