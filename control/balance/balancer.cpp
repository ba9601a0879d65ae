#include "control/balance/balancer.h"

#include <algorithm>
#include <utility>

#include "control/balance/cause.h"
#include "control/balance/plan.h"
#include "control/balance/uplink_choice.h"

namespace spillway {
namespace {

constexpr double kWhole = 1e6;  // free shares are published in millionths

}  // namespace

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
    monitors_.emplace_back(monitor.trigger, monitor.traffic, monitor.threshold);
  }
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    const RateMeter meter(config.balance.sample, config.balance.window);
    meters_.push_back({meter, meter});
    const auto& threshold = config.uplinks[i].threshold;
    overloads_.push_back(threshold ? std::optional(Overload(*threshold)) : std::nullopt);
    limits_.push_back(limit_of(i));
  }
}

Balancer::Limit Balancer::make_limit(config::Traffic traffic,
                                     const config::RateLimit& limit) const {
  const config::Balance& b = config_.balance;
  return {traffic, limit, Reservation(limit.of(traffic), b.sample, b.window)};
}

/// In `bandwidth` mode an uplink is limited by its own threshold, or else by the lowest monitor
/// that leads away from it; in `least-used` by its capacity.
std::optional<Balancer::Limit> Balancer::limit_of(std::size_t uplink) const {
  const config::Uplink& side = config_.uplinks[uplink];
  if (plan_.mode == BalanceMode::least_used)
    return make_limit(config::Traffic::either, {*side.capacity_rx, *side.capacity_tx, 0});
  if (!config_.balance.reserve || plan_.mode != BalanceMode::bandwidth) return std::nullopt;
  if (side.threshold) return make_limit(side.threshold->traffic, side.threshold->spill_above);
  const config::Monitor* lowest = lowest_monitor(side);
  if (lowest == nullptr) return std::nullopt;
  return make_limit(lowest->traffic, lowest->threshold);
}

const config::Monitor* Balancer::lowest_monitor(const config::Uplink& uplink) const {
  const config::Monitor* lowest = nullptr;
  for (const config::Monitor& m : config_.monitors) {
    const bool leads_away = m.interface == uplink.name && m.trigger == config::Trigger::above &&
                            m.on_event != uplink.name;
    const auto value = [](const config::Monitor& of) { return of.threshold.of(of.traffic); };
    if (leads_away && (lowest == nullptr || value(m) < value(*lowest))) lowest = &m;
  }
  return lowest;
}

std::optional<SwitchRecord> Balancer::sample(TimePoint now, std::span<const PortBytes> bytes,
                                             std::span<const std::uint64_t> placed) {
  measure(now, bytes);
  if (!by_load()) return settle(now, true, false);
  const UplinkSet overloaded_before = word_.overloaded;
  observe_monitors();
  observe_overload();
  const bool headroom_changed = reserve(now, placed);
  return settle(now, true, headroom_changed || !(word_.overloaded == overloaded_before));
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

std::vector<MonitorRecord> Balancer::take_fired() {
  return std::exchange(fired_, {});
}

std::optional<Balancer::Room> Balancer::room(UplinkId id) const {
  const auto& limit = limits_[index_of(id)];
  if (!limit) return std::nullopt;
  return Room{limit->reservation.reserved(), limit->reservation.headroom()};
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
    fired_.push_back({monitor.name, pending_cause_});
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
    Limit& limit = *limits_[i];
    const double full = static_cast<double>(limit.limit.of(limit.traffic).value);
    const double share = share_of(rates_[i], limit.limit, limit.traffic);
    Reservation& reservation = limit.reservation;
    reservation.observe(now, {static_cast<std::uint64_t>(share * full)}, placed[i]);
    changed = true;
    if (plan_.mode == BalanceMode::bandwidth) {
      cell_.set_headroom(uplink_id(i), reservation.headroom());
      continue;
    }
    const auto part = [full](double bits) {
      return static_cast<std::uint32_t>(std::clamp(bits / full, 0.0, 1.0) * kWhole);
    };
    const auto reserved = static_cast<double>(reservation.reserved().value);
    cell_.set_free(uplink_id(i), part(full - share * full - reserved),
                   part(static_cast<double>(reservation.estimate().value)));
  }
  return changed;
}

UplinkId Balancer::most_free() const {
  UplinkId best = UplinkId::none;
  for (std::size_t i = 0; i < plan_.uplinks; ++i) {
    const UplinkId id = plan_.order[i];
    if (!word_.usable.contains(id)) continue;
    if (best == UplinkId::none || cell_.free(id) > cell_.free(best)) best = id;
  }
  return best;
}

UplinkId Balancer::choose() const {
  if (plan_.mode == BalanceMode::least_used) return most_free();
  const std::vector<double> share = shares();
  ChoiceInput input;
  input.order = std::span(by_load() ? plan_.order : plan_.by_distance).first(plan_.uplinks);
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
