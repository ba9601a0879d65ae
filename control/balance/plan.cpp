#include "control/balance/plan.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace spillway {
namespace {

using UplinkOrder = std::array<UplinkId, kMaxUplinks>;

UplinkOrder order_by_distance(const config::Config& config) {
  UplinkOrder order{};
  const auto used = static_cast<std::ptrdiff_t>(config.uplinks.size());
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) order[i] = uplink_id(i);
  std::stable_sort(order.begin(), order.begin() + used, [&](UplinkId a, UplinkId b) {
    return config.uplinks[index_of(a)].distance < config.uplinks[index_of(b)].distance;
  });
  return order;
}

UplinkOrder order_of_preference(const config::Config& config, const UplinkOrder& by_distance) {
  UplinkOrder order{};
  UplinkSet placed;
  std::size_t count = 0;
  for (const auto& name : config.balance.order) {
    const auto id = uplink_named(config, name, "balance.order");
    if (placed.contains(id)) {
      throw std::invalid_argument("balance.order names uplink \"" + name + "\" twice");
    }
    placed.insert(id);
    order[count++] = id;
  }
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) {
    if (!placed.contains(by_distance[i])) order[count++] = by_distance[i];
  }
  return order;
}

/// In kbit/s: up to 4 Tbit/s fit.
std::uint32_t weight_of_capacity(const config::Uplink& uplink) {
  const std::uint64_t kbit = uplink.capacity_rx.value_or(BitsPerSecond{0}).value / 1000;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(kbit, 1, UINT32_MAX));
}

}  // namespace

UplinkId uplink_named(const config::Config& config, const std::string& name,
                      const std::string& setting) {
  const auto found = std::find_if(config.uplinks.begin(), config.uplinks.end(),
                                  [&](const config::Uplink& u) { return u.name == name; });
  if (found == config.uplinks.end()) {
    throw std::invalid_argument(setting + " names an unknown uplink \"" + name + "\"");
  }
  return uplink_id(static_cast<std::size_t>(found - config.uplinks.begin()));
}

BalancePlan make_balance_plan(const config::Config& config) {
  if (config.uplinks.size() > kMaxUplinks) {
    throw std::invalid_argument(std::to_string(config.uplinks.size()) +
                                " uplinks are configured, at most " + std::to_string(kMaxUplinks) +
                                " are allowed");
  }
  BalancePlan plan;
  plan.mode = config.balance.mode;
  plan.classifier = config.balance.classifier;
  plan.uplinks = config.uplinks.size();
  plan.by_distance = order_by_distance(config);
  plan.order = order_of_preference(config, plan.by_distance);
  plan.sticky = config.balance.sticky;
  plan.sticky_ms =
      static_cast<std::uint32_t>(std::chrono::milliseconds(config.balance.sticky_for).count());
  for (std::size_t i = 0; i < plan.uplinks; ++i)
    plan.weight[i] = plan.mode == BalanceMode::weighted ? weight_of_capacity(config.uplinks[i])
                                                        : config.uplinks[i].weight;
  return plan;
}

}  // namespace spillway
