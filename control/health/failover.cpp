#include "control/health/failover.h"

#include <algorithm>

namespace spillway {
namespace {

bool is_dead(Health health) noexcept {
  return health == Health::down || health == Health::admin_down;
}

/// It is trusted: a held-down uplink may still fall back.
bool is_trusted(Health health) noexcept {
  return health == Health::up || health == Health::degraded;
}

}  // namespace

Failover::Failover(const config::FailurePolicy& policy, Preference preference)
    : policy_(policy), preference_(std::move(preference)), uplinks_(preference_.order.size()) {}

void Failover::configure(const config::FailurePolicy& policy, Preference preference) {
  policy_ = policy;
  preference_ = std::move(preference);
}

std::vector<Eviction> Failover::decide(TimePoint now, std::span<const Health> health,
                                       UplinkSet usable) {
  std::vector<Eviction> orders;
  const auto add = [&orders](std::optional<Eviction> order) {
    if (order) orders.push_back(*order);
  };
  for (std::size_t i = 0; i < uplinks_.size(); ++i) {
    Uplink& uplink = uplinks_[i];
    // As a last resort it serves before it is trusted.
    if (usable.contains(uplink_id(i))) uplink.offered = {};
    if (is_dead(health[i])) {
      if (!uplink.dead_since) uplink.dead_since = now;
      uplink.outage.reset();
      add(upon_death(uplink_id(i), usable));
    } else if (uplink.dead_since && is_trusted(health[i]) && usable.contains(uplink_id(i))) {
      upon_return(now, uplink_id(i));
    }
    add(upon_drained(now, uplink_id(i)));
  }
  return orders;
}

/// Only when they have somewhere else to go: once, and once more for each uplink that was not there
/// before, since rules may bind some connections to it.
std::optional<Eviction> Failover::upon_death(UplinkId id, UplinkSet usable) {
  Uplink& uplink = uplinks_[index_of(id)];
  usable.erase(id);
  const UplinkSet fresh = usable - uplink.offered;
  if (fresh.empty() || policy_.on_failure == config::OnFailure::keep) return std::nullopt;
  uplink.offered = uplink.offered | fresh;
  Eviction order;
  order.cause = id;
  order.uplinks.insert(id);
  order.tell_tcp = policy_.on_failure == config::OnFailure::reset;
  return order;
}

void Failover::upon_return(TimePoint now, UplinkId id) {
  Uplink& uplink = uplinks_[index_of(id)];
  const Eviction::Span outage{*uplink.dead_since, now};
  uplink.dead_since.reset();
  uplink.offered = {};
  if (policy_.failback == config::Failback::stay) return;
  uplink.outage = outage;
  uplink.drained_at = policy_.failback == config::Failback::now ? now : now + policy_.drain;
}

/// Those that were placed elsewhere while this one was away.
std::optional<Eviction> Failover::upon_drained(TimePoint now, UplinkId id) {
  Uplink& uplink = uplinks_[index_of(id)];
  if (!uplink.outage || now < uplink.drained_at) return std::nullopt;
  Eviction order;
  order.why = Eviction::Why::came_back;
  order.cause = id;
  order.uplinks = refuges_from(id);
  order.tell_tcp = policy_.on_failure != config::OnFailure::flush;
  order.opened = *uplink.outage;
  uplink.outage.reset();
  if (order.uplinks.empty()) return std::nullopt;
  return order;
}

/// Whoever is on a preferred one is at home there.
UplinkSet Failover::refuges_from(UplinkId id) const {
  UplinkSet set;
  const auto& order = preference_.order;
  const auto first = preference_.ranked ? std::find(order.begin(), order.end(), id) : order.begin();
  for (auto other = first; other != order.end(); ++other)
    if (*other != id) set.insert(*other);
  return set;
}

}  // namespace spillway
