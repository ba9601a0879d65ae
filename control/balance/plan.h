#pragma once

#include "control/config/config.h"
#include "dataplane/wan/balance_plan.h"

namespace spillway {

/// The plan that selection reads. `by_distance` is stable: equal distances keep the order of the
/// configuration. `order` is `balance.order`, followed by the uplinks it does not name, by
/// distance. Throws std::invalid_argument when there are more than kMaxUplinks uplinks, or when
/// `balance.order` names an uplink that is unknown or named twice.
BalancePlan make_balance_plan(const config::Config& config);

/// Position of the uplink called `name`. Throws std::invalid_argument when there is none; `setting`
/// says in the error where the name stands.
UplinkId uplink_named(const config::Config& config, const std::string& name,
                      const std::string& setting);

}  // namespace spillway
