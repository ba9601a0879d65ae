#include "control/router/judge.h"

#include "control/balance/plan.h"

namespace spillway {
namespace {

std::vector<config::HoldDown> hold_downs(const config::Config& config) {
  std::vector<config::HoldDown> all;
  for (const config::Uplink& uplink : config.uplinks) all.push_back(uplink.health.hold_down);
  return all;
}

/// As the mode prefers them. Where a hash decides, every uplink has connections of its own.
Preference preference(const config::Config& config) {
  const BalancePlan plan = make_balance_plan(config);
  const bool by_hash = plan.mode == BalanceMode::pcc || plan.mode == BalanceMode::weighted;
  const auto& order = plan.mode == BalanceMode::bandwidth ? plan.order : plan.by_distance;
  return {{order.begin(), order.begin() + static_cast<std::ptrdiff_t>(plan.uplinks)}, !by_hash};
}

}  // namespace

Judge::Judge(const config::Config& config, ActiveCell& cell)
    : config_(&config),
      cell_(cell),
      balancer_(std::make_unique<Balancer>(config, cell)),
      health_(hold_downs(config)),
      failover_(config.failure, preference(config)) {}

void Judge::adopt(const config::Config& config) {
  auto balancer = std::make_unique<Balancer>(config, cell_, *balancer_);
  for (std::size_t i = 0; i < config.uplinks.size(); ++i)
    health_.set_hold_down(uplink_id(i), config.uplinks[i].health.hold_down);
  failover_.configure(config.failure, preference(config));
  balancer_ = std::move(balancer);
  config_ = &config;
}

Judge::Verdict Judge::judge(TimePoint now, std::span<const Evidence> evidence) {
  Verdict verdict;
  verdict.changes = health_.observe(now, evidence);
  const UplinkSet usable = health_.usable();
  verdict.switched = balancer_->set_usable(now, usable, cause_of(verdict.changes));
  verdict.evictions = failover_.decide(now, health_.health(), usable);
  return verdict;
}

std::string Judge::cause_of(std::span<const UplinkHealthChange> changes) const {
  std::string cause;
  for (const UplinkHealthChange& c : changes)
    cause += (cause.empty() ? "" : "; ") + config_->uplinks[index_of(c.uplink)].name + " is " +
             std::string(name_of(c.change.to)) + ": " + c.change.reason;
  return cause;
}

}  // namespace spillway
