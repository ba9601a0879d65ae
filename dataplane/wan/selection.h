#pragma once

#include "dataplane/conn/flow_key.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/balance_plan.h"
#include "dataplane/wan/placement_budget.h"

namespace spillway {

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
/// Reads the budget, does not take from it. Thread contract: worker only.
UplinkId select_uplink(const BalancePlan& plan, const ActiveWord& active, UplinkSet candidates,
                       const FlowKey& key, const PlacementBudget& budget) noexcept;

}  // namespace spillway
