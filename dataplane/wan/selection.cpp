#include "dataplane/wan/selection.h"

#include <bit>
#include <span>

namespace spillway {
namespace {

UplinkId first_of(std::span<const UplinkId> order, UplinkSet allowed) noexcept {
  for (const UplinkId id : order)
    if (allowed.contains(id)) return id;
  return UplinkId::none;
}

UplinkSet with_room(UplinkSet from, const PlacementBudget& budget) noexcept {
  UplinkSet result;
  for (std::size_t i = 0; i < kMaxUplinks; ++i)
    if (from.contains(uplink_id(i)) && budget.allows(uplink_id(i))) result.insert(uplink_id(i));
  return result;
}

/// That carries the least part of what it may; of equals the first in order.
UplinkId least_loaded(const BalancePlan& plan, UplinkSet usable,
                      const PlacementBudget& budget) noexcept {
  UplinkId best = UplinkId::none;
  for (std::size_t i = 0; i < plan.uplinks; ++i) {
    const UplinkId id = plan.order[i];
    if (!usable.contains(id)) continue;
    if (best == UplinkId::none || budget.carried(id) < budget.carried(best)) best = id;
  }
  return best;
}

/// Only when every usable uplink is overloaded does the active one count for nothing: until then it
/// may be overloaded because a switch has to wait for the dwell time.
Choice by_bandwidth(const BalancePlan& plan, const ActiveWord& word, UplinkSet usable,
                    const PlacementBudget& budget) noexcept {
  const bool relief_exists = !(word.usable - word.overloaded).empty();
  if (relief_exists && usable.contains(word.active) && budget.allows(word.active))
    return {word.active, ChoiceReason::active};
  const std::span order(plan.order.data(), plan.uplinks);
  const UplinkId relief = first_of(order, with_room(usable - word.overloaded, budget));
  if (relief != UplinkId::none) return {relief, ChoiceReason::relief};
  return {least_loaded(plan, usable, budget), ChoiceReason::all_full};
}

/// A mixer with full avalanche (the finalizer of SplitMix64). Not keyed: the same host gets the
/// same uplink after a restart, which is what a classifier is chosen for.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::uint64_t classify(Classifier classifier, const FlowKey& key) noexcept {
  const auto with_port = [](Ipv4Addr a, L4Port p) { return std::uint64_t{a.be} << 16 | p.be; };
  const std::uint64_t addresses = std::uint64_t{key.src.be} << 32 | key.dst.be;
  const std::uint64_t ports = std::uint64_t{key.src_port.be} << 16 | key.dst_port.be;
  switch (classifier) {
    case Classifier::src_address:
      return mix(key.src.be);
    case Classifier::dst_address:
      return mix(key.dst.be);
    case Classifier::src_port:
      return mix(key.src_port.be);
    case Classifier::dst_port:
      return mix(key.dst_port.be);
    case Classifier::both_addresses:
      return mix(addresses);
    case Classifier::both_ports:
      return mix(ports);
    case Classifier::src_address_and_port:
      return mix(with_port(key.src, key.src_port));
    case Classifier::dst_address_and_port:
      return mix(with_port(key.dst, key.dst_port));
    case Classifier::both_addresses_and_ports:
      break;
  }
  return mix(mix(addresses) + ports);
}

UplinkId by_weight(const BalancePlan& plan, UplinkSet among, std::uint64_t hash) noexcept {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < plan.uplinks; ++i)
    if (among.contains(uplink_id(i))) total += plan.weight[i];
  if (total == 0) return UplinkId::none;
  std::uint64_t point = hash % total;
  for (std::size_t i = 0; i < plan.uplinks; ++i) {
    if (!among.contains(uplink_id(i))) continue;
    if (point < plan.weight[i]) return uplink_id(i);
    point -= plan.weight[i];
  }
  return UplinkId::none;
}

Choice by_least_used(const BalancePlan& plan, UplinkSet usable, UplinkSet overloaded,
                     const PlacementBudget& budget) noexcept {
  const UplinkSet relaxed = usable - overloaded;
  if (relaxed.empty()) return {least_loaded(plan, usable, budget), ChoiceReason::all_full};
  return {least_loaded(plan, relaxed, budget), ChoiceReason::least_loaded};
}

Choice by_classifier(const BalancePlan& plan, Classifier classifier, UplinkSet candidates,
                     UplinkSet usable, const FlowKey& key) noexcept {
  const std::uint64_t hash = classify(classifier, key);
  const UplinkId home = by_weight(plan, candidates, hash);
  if (usable.contains(home)) return {home, ChoiceReason::hash};
  // A second, independent hash: the first one's remainder says which uplink failed.
  const UplinkId other = by_weight(plan, usable, mix(hash));
  if (other != UplinkId::none) return {other, ChoiceReason::hash_of_others};
  // All that is left has weight 0: a reserve.
  const std::span order(plan.by_distance.data(), plan.uplinks);
  return {first_of(order, usable), ChoiceReason::reserve};
}

}  // namespace

Choice select_uplink(const BalancePlan& plan, const ActiveWord& active, UplinkSet candidates,
                     const FlowKey& key, const PlacementBudget& budget) noexcept {
  const UplinkSet usable = candidates & active.usable;
  if (usable.empty()) return {};
  switch (plan.mode) {
    case BalanceMode::bandwidth:
      return by_bandwidth(plan, active, usable, budget);
    case BalanceMode::pcc:
      return by_classifier(plan, plan.classifier, candidates, usable, key);
    case BalanceMode::weighted:
      return by_classifier(plan, Classifier::both_addresses_and_ports, candidates, usable, key);
    case BalanceMode::least_used:
      return by_least_used(plan, usable, active.overloaded, budget);
    case BalanceMode::failover:
    case BalanceMode::policy:
      break;
  }
  return {first_of({plan.by_distance.data(), plan.uplinks}, usable), ChoiceReason::distance};
}

}  // namespace spillway
