#include "control/balance/balancer.h"

#include <algorithm>
#include <utility>

#include "control/balance/cause.h"
#include "control/balance/plan.h"
#include "control/balance/uplink_choice.h"

namespace spillway {

Balancer::Balancer(const config::Config& config, ActiveCell& cell)
    : config_(config),
      cell_(cell),
      plan_(make_balance_plan(config)),
      rates_(plan_.uplinks),
      limits_(config, plan_.mode) {
  build();
  limits_.publish(cell);
  word_.usable = UplinkSet::first(plan_.uplinks);
  word_.active = choose(UplinkId::none);
  cell_.publish(word_);
}

Balancer::Balancer(const config::Config& config, ActiveCell& cell, const Balancer& before)
    : config_(config),
      cell_(cell),
      plan_(make_balance_plan(config)),
      rates_(before.rates_),
      limits_(config, plan_.mode) {
  build();
  resume(before);
  limits_.publish(cell);
  // If the new configuration prefers another uplink, the next sample switches, and says why.
  pending_cause_ = "the configuration changed";
  word_.generation = (before.word_.generation + 1) & 0xffffffu;
  cell_.publish(word_);
}

void Balancer::resume(const Balancer& before) {
  const config::Balance& was = before.config_.balance;
  if (was.sample == config_.balance.sample && was.window == config_.balance.window) {
    meters_ = before.meters_;
    limits_.resume(before.limits_);
  }
  word_.usable = before.word_.usable;
  word_.active = before.word_.active;
  overload_ = by_load() && before.overload_;
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
    monitors_.emplace_back(monitor.trigger, monitor.traffic, monitor.threshold);
  }
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    const RateMeter meter(config.balance.sample, config.balance.window);
    meters_.push_back({meter, meter});
    const auto& threshold = config.uplinks[i].threshold;
    overloads_.push_back(threshold ? std::optional(Overload(*threshold)) : std::nullopt);
  }
}

std::optional<SwitchRecord> Balancer::sample(TimePoint now, std::span<const PortBytes> bytes,
                                             std::span<const std::uint64_t> placed) {
  measure(now, bytes);
  if (!by_load()) return settle(now, true, false);
  const UplinkSet overloaded_before = word_.overloaded;
  observe_monitors();
  observe_overload();
  limits_.observe(now, rates_, placed);
  limits_.publish(cell_);
  return settle(now, true, limits_.any() || !(word_.overloaded == overloaded_before));
}

std::optional<SwitchRecord> Balancer::set_usable(TimePoint now, UplinkSet usable,
                                                 const std::string& cause) {
  if (word_.usable == usable) return std::nullopt;
  const bool lost = !(word_.usable - usable).empty();
  word_.usable = usable;
  pending_cause_ = cause;
  // A returning uplink is no emergency, unless there is nothing else.
  return settle(now, !lost && word_.active != UplinkId::none, true);
}

std::vector<LoadRecord> Balancer::take_records() {
  return std::exchange(records_, {});
}

std::optional<Balancer::Room> Balancer::room(UplinkId id) const {
  const UplinkLimits::Limit* limit = limits_.of(id);
  const std::uint32_t connections = limits_.headroom(id);
  if (limit == nullptr || connections == kUnlimitedHeadroom) return std::nullopt;
  const auto full = static_cast<double>(limit->limit.of(limit->traffic).value);
  const auto rate = [full](double share) {
    return BitsPerSecond{static_cast<std::uint64_t>(share * full)};
  };
  return Room{rate(limit->reservation.reserved()), rate(limit->reservation.estimate()),
              connections};
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
    if (!monitors_[i].observe(rate)) continue;
    requested_ = uplink_named(config_, monitor.on_event, "monitors.on_event");
    pending_cause_ = cause_of_monitor(monitor, rate);
    records_.push_back({LoadRecord::What::monitor_fired, monitor.name, pending_cause_});
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

/// As the workers see it (selection.h).
UplinkId Balancer::least_used() const {
  const UplinkSet relief = word_.usable - word_.overloaded;
  const UplinkSet among = relief.empty() ? word_.usable : relief;
  UplinkId best = UplinkId::none;
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    const UplinkId id = plan_.order[i];
    if (!among.contains(id)) continue;
    if (best == UplinkId::none || cell_.carried(id) < cell_.carried(best)) best = id;
  }
  return best;
}

UplinkId Balancer::choose(UplinkId current) const {
  if (plan_.mode == BalanceMode::least_used) return least_used();
  const std::vector<double> share = shares();
  ChoiceInput input;
  input.order = std::span(by_load() ? plan_.order : plan_.by_distance).first(plan_.uplinks);
  input.usable = word_.usable;
  input.overloaded = word_.overloaded;
  input.requested = requested_;
  input.current = current;
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
  const UplinkId to = choose(word_.active);
  const bool dwelling =
      may_wait && by_load() && last_switch_ && now - *last_switch_ < config_.balance.dwell;
  // Where load is spread, the uplink that has most room changes all the time, and that is no news.
  const bool news = plan_.mode != BalanceMode::least_used || !word_.usable.contains(word_.active);
  std::optional<SwitchRecord> record;
  if (to != word_.active && !news) {
    word_.active = to;
    word_changed = true;
  } else if (to != word_.active && !dwelling) {
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
  tell_of_overload();
  return record;
}

/// Once when it begins and once when it ends: in between the workers spread connections over all
/// uplinks, and nothing switches.
void Balancer::tell_of_overload() {
  const bool overload = by_load() && all_overloaded(word_.usable, word_.overloaded);
  if (overload == overload_) return;
  overload_ = overload;
  const UplinkId id = overload ? choose(UplinkId::none) : word_.active;
  if (id == UplinkId::none) return;  // what ended it is that nothing is usable, which is said
  const std::string& name = config_.uplinks[index_of(id)].name;
  records_.push_back(overload ? LoadRecord{LoadRecord::What::all_overloaded, "",
                                           all_overloaded_text(name, shares()[index_of(id)])}
                              : LoadRecord{LoadRecord::What::relieved, "", relieved_text(name)});
}

std::string Balancer::load_cause(UplinkId to) const {
  const std::size_t from = index_of(word_.active);
  if (word_.overloaded.contains(word_.active))
    return cause_of_spill(config_.uplinks[from], rates_[from]);
  return cause_of_return(config_.uplinks[index_of(to)], rates_[index_of(to)]);
}

}  // namespace spillway
