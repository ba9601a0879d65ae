#include "control/balance/balancer.h"

#include <algorithm>

#include "control/balance/cause.h"
#include "control/balance/plan.h"
#include "control/balance/uplink_choice.h"

namespace spillway {

Balancer::Balancer(const config::Config& config, ActiveCell& cell)
    : config_(config), cell_(cell), plan_(make_balance_plan(config)), rates_(plan_.uplinks) {
  build();
  word_.usable = UplinkSet::first(plan_.uplinks);
  word_.active = choose();
  cell_.publish(word_);
}

Balancer::Balancer(const config::Config& config, ActiveCell& cell, const Balancer& before)
    : config_(config), cell_(cell), plan_(make_balance_plan(config)), rates_(before.rates_) {
  build();
  resume(before);
  for (std::size_t i = 0; i < plan_.uplinks; ++i)
    if (!limits_[i]) cell_.set_headroom(uplink_id(i), kUnlimitedHeadroom);
  // If the new configuration prefers another uplink, the next sample switches, and says why.
  pending_cause_ = "the configuration changed";
  word_.generation = (before.word_.generation + 1) & 0xffffffu;
  cell_.publish(word_);
}

void Balancer::resume(const Balancer& before) {
  const config::Balance& was = before.config_.balance;
  if (was.sample == config_.balance.sample && was.window == config_.balance.window)
    meters_ = before.meters_;
  word_.usable = before.word_.usable;
  word_.active = before.word_.active;
  last_switch_ = before.last_switch_;
  if (!config_.monitors.empty()) requested_ = before.requested_;
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    if (!overloads_[i] || !before.overloads_[i]) continue;
    overloads_[i]->resume(*before.overloads_[i]);
    if (overloads_[i]->overloaded()) word_.overloaded.insert(uplink_id(i));
  }
}

void Balancer::build() {
  const config::Config& config = config_;
  for (const config::Monitor& monitor : config.monitors) {
    uplink_named(config, monitor.interface, "monitors.interface");
    uplink_named(config, monitor.on_event, "monitors.on_event");
    monitors_.emplace_back(monitor.trigger, monitor.threshold);
  }
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    const RateMeter meter(config.balance.sample, config.balance.window);
    meters_.push_back({meter, meter});
    const auto& threshold = config.uplinks[i].threshold;
    overloads_.push_back(threshold ? std::optional(Overload(*threshold)) : std::nullopt);
    limits_.push_back(limit_of(config, i));
  }
}

/// An uplink is limited by its own threshold, or else by the lowest monitor that leads away from
/// it.
std::optional<Balancer::Limit> Balancer::limit_of(const config::Config& config,
                                                  std::size_t uplink) {
  const config::Uplink& side = config.uplinks[uplink];
  const config::Balance& b = config.balance;
  if (!b.reserve || b.mode != BalanceMode::bandwidth) return std::nullopt;
  if (side.threshold)
    return Limit{side.threshold->traffic,
                 Reservation(side.threshold->spill_above, b.sample, b.window)};
  const config::Monitor* lowest = nullptr;
  for (const config::Monitor& m : config.monitors) {
    const bool leads_away =
        m.interface == side.name && m.trigger == config::Trigger::above && m.on_event != side.name;
    if (leads_away && (lowest == nullptr || m.threshold < lowest->threshold)) lowest = &m;
  }
  if (lowest == nullptr) return std::nullopt;
  return Limit{lowest->traffic, Reservation(lowest->threshold, b.sample, b.window)};
}

std::optional<SwitchRecord> Balancer::sample(TimePoint now, std::span<const PortBytes> bytes,
                                             std::span<const std::uint64_t> placed) {
  measure(now, bytes);
  if (!balances()) return std::nullopt;
  const UplinkSet overloaded_before = word_.overloaded;
  observe_monitors();
  observe_overload();
  const bool headroom_changed = reserve(now, placed);
  return settle(now, true, headroom_changed || !(word_.overloaded == overloaded_before));
}

std::optional<SwitchRecord> Balancer::set_usable(TimePoint now, UplinkId id, bool usable) {
  if (word_.usable.contains(id) == usable) return std::nullopt;
  if (usable)
    word_.usable.insert(id);
  else
    word_.usable.erase(id);
  pending_cause_ = cause_of_health(config_.uplinks[index_of(id)].name, usable);
  // A returning uplink is no emergency, unless there is nothing else.
  return settle(now, usable && word_.active != UplinkId::none, true);
}

void Balancer::measure(TimePoint now, std::span<const PortBytes> bytes) {
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    meters_[i].rx.add(now, bytes[i].rx);
    meters_[i].tx.add(now, bytes[i].tx);
    rates_[i] = {meters_[i].rx.rate(), meters_[i].tx.rate()};
  }
}

void Balancer::observe_monitors() {
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    const config::Monitor& monitor = config_.monitors[i];
    const UplinkRate& rate =
        rates_[index_of(uplink_named(config_, monitor.interface, "monitors.interface"))];
    if (!monitors_[i].observe(rate.of(monitor.traffic))) continue;
    requested_ = uplink_named(config_, monitor.on_event, "monitors.on_event");
    pending_cause_ = cause_of_monitor(monitor, rate);
  }
}

void Balancer::observe_overload() {
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    if (!overloads_[i] || !overloads_[i]->observe(rates_[i])) continue;
    if (overloads_[i]->overloaded())
      word_.overloaded.insert(uplink_id(i));
    else
      word_.overloaded.erase(uplink_id(i));
    // What a switch now follows from is this, not an older event.
    pending_cause_.clear();
  }
}

/// True when workers must refill their budgets.
bool Balancer::reserve(TimePoint now, std::span<const std::uint64_t> placed) {
  bool changed = false;
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    if (!limits_[i]) continue;
    limits_[i]->reservation.observe(now, rates_[i].of(limits_[i]->traffic), placed[i]);
    cell_.set_headroom(uplink_id(i), limits_[i]->reservation.headroom());
    changed = true;
  }
  return changed;
}

UplinkId Balancer::choose() const {
  const std::vector<double> share = shares();
  ChoiceInput input;
  input.order = std::span(balances() ? plan_.order : plan_.by_distance).first(plan_.uplinks);
  input.usable = word_.usable;
  input.overloaded = word_.overloaded;
  input.requested = requested_;
  input.current = word_.active;
  input.share = share;
  return choose_uplink(input);
}

std::vector<double> Balancer::shares() const {
  std::vector<double> result(plan_.uplinks, 0);
  for (std::size_t i = 0; i < plan_.uplinks; ++i)
    if (overloads_[i]) result[i] = overloads_[i]->share(rates_[i]);
  return result;
}

std::optional<SwitchRecord> Balancer::settle(TimePoint now, bool may_wait, bool word_changed) {
  const UplinkId to = choose();
  const bool dwelling = may_wait && last_switch_ && now - *last_switch_ < config_.balance.dwell;
  std::optional<SwitchRecord> record;
  if (to != word_.active && !dwelling) {
    record = SwitchRecord{now, word_.active, to,
                          pending_cause_.empty() ? load_cause(to) : pending_cause_, rates_};
    pending_cause_.clear();
    last_switch_ = now;
    word_.active = to;
    word_changed = true;
  }
  if (word_changed) {
    word_.generation = (word_.generation + 1) & 0xffffffu;
    cell_.publish(word_);
  }
  return record;
}

std::string Balancer::load_cause(UplinkId to) const {
  const std::size_t from = index_of(word_.active);
  const std::string& name = config_.uplinks[index_of(to)].name;
  if (all_overloaded(word_.usable, word_.overloaded))
    return cause_of_least_loaded(name, shares()[index_of(to)]);
  if (word_.overloaded.contains(word_.active))
    return cause_of_spill(config_.uplinks[from], rates_[from]);
  return cause_of_return(config_.uplinks[index_of(to)], rates_[index_of(to)]);
}

}  // namespace spillway
