#include "control/balance/uplink_limits.h"

#include <algorithm>
#include <limits>

namespace spillway {
namespace {

std::uint32_t parts_of_full(double share) {
  constexpr double kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp(share * kFullLoad, 0.0, kMost));
}

const config::Monitor* lowest_monitor(const config::Config& config, const config::Uplink& uplink) {
  const config::Monitor* lowest = nullptr;
  for (const config::Monitor& m : config.monitors) {
    const bool leads_away = m.interface == uplink.name && m.trigger == config::Trigger::above &&
                            m.on_event != uplink.name;
    const auto value = [](const config::Monitor& of) { return of.threshold.of(of.traffic); };
    if (leads_away && (lowest == nullptr || value(m) < value(*lowest))) lowest = &m;
  }
  return lowest;
}

UplinkLimits::Limit make_limit(const config::Config& config, config::Traffic traffic,
                               const config::RateLimit& limit) {
  const config::Balance& b = config.balance;
  return {traffic, limit, Reservation(b.sample, b.window)};
}

/// Of a direction without a stated capacity nothing is known: the other one counts.
std::optional<UplinkLimits::Limit> capacity_limit(const config::Config& config,
                                                  const config::Uplink& side) {
  using config::Traffic;
  if (!side.capacity_rx && !side.capacity_tx) return std::nullopt;
  const BitsPerSecond rx = side.capacity_rx.value_or(BitsPerSecond{0});
  const BitsPerSecond tx = side.capacity_tx.value_or(BitsPerSecond{0});
  const Traffic traffic = !side.capacity_tx   ? Traffic::received
                          : !side.capacity_rx ? Traffic::transmitted
                                              : Traffic::either;
  return make_limit(config, traffic, {rx, tx, 0});
}

std::optional<UplinkLimits::Limit> limit_of(const config::Config& config,
                                            const config::Uplink& side, BalanceMode mode) {
  if (mode == BalanceMode::least_used) return capacity_limit(config, side);
  if (mode != BalanceMode::bandwidth) return std::nullopt;
  if (side.threshold)
    return make_limit(config, side.threshold->traffic, side.threshold->spill_above);
  const config::Monitor* lowest = lowest_monitor(config, side);
  if (lowest == nullptr) return capacity_limit(config, side);
  return make_limit(config, lowest->traffic, lowest->threshold);
}

}  // namespace

std::uint32_t UplinkLimits::Limit::carried() const noexcept {
  return parts_of_full(share + reservation.reserved());
}

std::uint32_t UplinkLimits::Limit::cost() const noexcept {
  return parts_of_full(reservation.estimate());
}

UplinkLimits::UplinkLimits(const config::Config& config, BalanceMode mode)
    : counts_(mode == BalanceMode::bandwidth && config.balance.reserve) {
  for (const config::Uplink& side : config.uplinks) limits_.push_back(limit_of(config, side, mode));
}

void UplinkLimits::resume(const UplinkLimits& before) {
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    if (!limits_[i] || !before.limits_[i]) continue;
    Limit& limit = *limits_[i];
    const Limit& was = *before.limits_[i];
    if (limit.traffic == was.traffic && limit.limit == was.limit) limit = was;
  }
}

void UplinkLimits::observe(TimePoint now, std::span<const UplinkRate> rates,
                           std::span<const std::uint64_t> placed) {
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    if (!limits_[i]) continue;
    Limit& limit = *limits_[i];
    limit.share = share_of(rates[i], limit.limit, limit.traffic);
    limit.reservation.observe(now, limit.share, placed[i]);
  }
}

void UplinkLimits::publish(ActiveCell& cell) const {
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const UplinkId id = uplink_id(i);
    cell.set_headroom(id, headroom(id));
    cell.set_load(id, limits_[i] ? limits_[i]->carried() : 0, limits_[i] ? limits_[i]->cost() : 0);
  }
}

bool UplinkLimits::any() const noexcept {
  return std::any_of(limits_.begin(), limits_.end(), [](const auto& l) { return l.has_value(); });
}

const UplinkLimits::Limit* UplinkLimits::of(UplinkId id) const noexcept {
  const auto& limit = limits_[index_of(id)];
  return limit ? &*limit : nullptr;
}

std::uint32_t UplinkLimits::headroom(UplinkId id) const noexcept {
  const Limit* limit = of(id);
  return counts_ && limit != nullptr ? limit->reservation.headroom() : kUnlimitedHeadroom;
}

}  // namespace spillway
