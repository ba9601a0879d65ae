#include "control/health/health_group.h"

#include <array>

namespace spillway {
namespace {

constexpr std::size_t kTiers = 3;

}  // namespace

HealthGroup::HealthGroup(std::span<const config::HoldDown> hold_downs) {
  for (const config::HoldDown& hold_down : hold_downs) machines_.emplace_back(hold_down);
}

std::vector<UplinkHealthChange> HealthGroup::observe(TimePoint now,
                                                     std::span<const Evidence> evidence) {
  std::vector<UplinkHealthChange> changes;
  for (std::size_t i = 0; i < machines_.size(); ++i)
    if (auto change = machines_[i].observe(now, evidence[i]))
      changes.push_back({uplink_id(i), std::move(*change)});
  return changes;
}

void HealthGroup::set_admin(UplinkId uplink, AdminState admin) noexcept {
  machines_[index_of(uplink)].set_admin(admin);
}

void HealthGroup::set_hold_down(UplinkId uplink, const config::HoldDown& hold_down) noexcept {
  machines_[index_of(uplink)].set_hold_down(hold_down);
}

std::vector<Health> HealthGroup::health() const {
  std::vector<Health> all;
  for (const HealthMachine& machine : machines_) all.push_back(machine.health());
  return all;
}

UplinkSet usable_of(std::span<const Health> health) noexcept {
  std::array<UplinkSet, kTiers> tiers;
  for (std::size_t i = 0; i < health.size(); ++i)
    if (const auto tier = tier_of(health[i])) tiers[*tier].insert(uplink_id(i));
  for (const UplinkSet& tier : tiers)
    if (!tier.empty()) return tier;
  return {};
}

}  // namespace spillway
