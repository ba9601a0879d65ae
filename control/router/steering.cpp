#include "control/router/steering.h"

#include <algorithm>

#include "control/balance/plan.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kJudgeEvery = 1ms;
constexpr auto kLinksEvery = 10ms;

std::vector<config::HoldDown> hold_downs(const config::Config& config) {
  std::vector<config::HoldDown> all;
  for (const config::Uplink& uplink : config.uplinks) all.push_back(uplink.health.hold_down);
  return all;
}

/// As the mode prefers them.
std::vector<UplinkId> preference(const config::Config& config) {
  const BalancePlan plan = make_balance_plan(config);
  const auto& order = plan.mode == BalanceMode::bandwidth ? plan.order : plan.by_distance;
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(plan.uplinks)};
}

Severity severity_of(Health health) {
  switch (health) {
    case Health::down:
      return Severity::error;
    case Health::degraded:
    case Health::hold_down:
      return Severity::warning;
    default:
      return Severity::info;
  }
}

}  // namespace

Steering::Steering(const config::Config& config, const RouterPorts& ports, WorkerGroup& workers,
                   std::unique_ptr<Prober> prober, EventLog& events)
    : config_(&config),
      ports_(ports),
      workers_(workers),
      prober_(std::move(prober)),
      events_(events),
      balancer_(std::make_unique<Balancer>(config, workers.active())),
      health_(hold_downs(config)),
      failover_(config.failure, preference(config)),
      link_up_(ports.all().size(), true) {}

void Steering::adopt(const config::Config& config, std::unique_ptr<Prober> prober) {
  auto balancer = std::make_unique<Balancer>(config, workers_.active(), *balancer_);
  for (std::size_t i = 0; i < config.uplinks.size(); ++i)
    health_.set_hold_down(uplink_id(i), config.uplinks[i].health.hold_down);
  failover_.configure(config.failure, preference(config));
  balancer_ = std::move(balancer);
  prober_ = std::move(prober);
  config_ = &config;
}

void Steering::poll(TimePoint now) {
  if (now < next_judgement_) return;
  next_judgement_ = now + kJudgeEvery;
  prober_->poll(now);
  watch_links(now);
  judge(now);
  if (now >= next_sample_) sample(now);
  watch_evictions(now);
}

void Steering::watch_links(TimePoint now) {
  if (now < next_look_at_links_ && !ports_.link_interrupted()) return;
  next_look_at_links_ = now + kLinksEvery;
  for (const RouterPort& port : ports_.all()) {
    const bool up = port.device->link_up();
    if (up == link_up_[index_of(port.index)]) continue;
    link_up_[index_of(port.index)] = up;
    events_.add(now, {.kind = EventKind::link,
                      .severity = up ? Severity::info : Severity::error,
                      .subject = port.name,
                      .text = port.name + ": link " + (up ? "up" : "down"),
                      .facts = {{"state", up ? "up" : "down"}}});
  }
}

// The order matters (R35): the word for new connections is out before any connection ends.
void Steering::judge(TimePoint now) {
  std::vector<Evidence> evidence;
  for (std::size_t i = 0; i < config_->uplinks.size(); ++i) {
    evidence.push_back(prober_->board().evidence(uplink_id(i)));
    evidence.back().link = link_up(uplink_port(*config_, uplink_id(i)));
  }
  const auto changes = health_.observe(now, evidence);
  std::string cause;
  for (const UplinkHealthChange& change : changes)
    cause = name_of(change.uplink) + " is " + std::string(spillway::name_of(change.change.to)) +
            ": " + change.change.reason;
  const auto switched = balancer_->set_usable(now, health_.usable(), cause);
  for (const UplinkHealthChange& change : changes) report(now, change);
  if (switched) report(now, *switched);
  for (const Eviction& eviction : failover_.decide(now, health_.health(), health_.usable()))
    carry_out(now, eviction);
}

void Steering::sample(TimePoint now) {
  // From the planned moment, not from this one, so that the pace holds.
  next_sample_ = std::max(next_sample_ + config_->balance.sample, now);
  const UplinkCounts counts = workers_.uplink_counts(*config_);
  const auto change = balancer_->sample(now, counts.bytes, counts.placed);
  for (const MonitorRecord& fired : balancer_->take_fired())
    events_.add(now, {.kind = EventKind::monitor, .subject = fired.name, .text = fired.text});
  if (change) report(now, *change);
}

void Steering::carry_out(TimePoint now, const Eviction& eviction) {
  ConnectionOrder order;
  order.uplinks = eviction.uplinks.bits();
  order.tell_tcp = eviction.tell_tcp;
  if (eviction.opened) {
    order.any_age = 0;
    order.from = Millis::of(eviction.opened->from);
    order.to = Millis::of(eviction.opened->to);
  }
  under_way_.push_back({eviction, workers_.evicted()});
  orders_sent_ += workers_.order(order);
  const bool died = eviction.why == Eviction::Why::died;
  const std::string what =
      died ? "connections of " + name_of(eviction.cause) + " end, others take new ones"
           : "connections that fled to " + names_of(eviction.uplinks) + " go home to " +
                 name_of(eviction.cause);
  events_.add(now, {.kind = died ? EventKind::failover : EventKind::failback,
                    .severity = Severity::warning,
                    .subject = name_of(eviction.cause),
                    .text = what,
                    .facts = {{"state", "begins"}}});
}

/// Tells how many it were, once the workers are through.
void Steering::watch_evictions(TimePoint now) {
  if (under_way_.empty() || workers_.orders_done() < orders_sent_) return;
  for (const UnderWay& one : under_way_) {
    const bool died = one.eviction.why == Eviction::Why::died;
    const std::string count = std::to_string(workers_.evicted() - one.evicted_before);
    events_.add(now, {.kind = died ? EventKind::failover : EventKind::failback,
                      .subject = name_of(one.eviction.cause),
                      .text = name_of(one.eviction.cause) + ": " + count + " connections ended",
                      .facts = {{"state", "done"}, {"connections", count}}});
  }
  under_way_.clear();
}

void Steering::report(TimePoint now, const SwitchRecord& change) {
  Event event{
      .kind = EventKind::switched,
      .severity = change.to == UplinkId::none ? Severity::error : Severity::info,
      .subject = name_of(change.to),
      .text = "new connections: " + name_of(change.from) + " -> " + name_of(change.to) +
              " because " + change.cause,
      .facts = {
          {"from", name_of(change.from)}, {"to", name_of(change.to)}, {"cause", change.cause}}};
  for (std::size_t i = 0; i < change.rates.size(); ++i) {
    event.facts.emplace_back(config_->uplinks[i].name + "_rx",
                             std::to_string(change.rates[i].rx.value));
    event.facts.emplace_back(config_->uplinks[i].name + "_tx",
                             std::to_string(change.rates[i].tx.value));
  }
  events_.add(now, std::move(event));
}

void Steering::report(TimePoint now, const UplinkHealthChange& change) {
  const std::string from(spillway::name_of(change.change.from));
  const std::string to(spillway::name_of(change.change.to));
  events_.add(now, {.kind = EventKind::health,
                    .severity = severity_of(change.change.to),
                    .subject = name_of(change.uplink),
                    .text = name_of(change.uplink) + ": " + from + " -> " + to + ": " +
                            change.change.reason,
                    .facts = {{"from", from}, {"to", to}, {"cause", change.change.reason}}});
}

std::string Steering::name_of(UplinkId id) const {
  return id == UplinkId::none ? "none" : config_->uplinks[index_of(id)].name;
}

std::string Steering::names_of(UplinkSet set) const {
  std::string names;
  for (std::size_t i = 0; i < config_->uplinks.size(); ++i)
    if (set.contains(uplink_id(i))) names += (names.empty() ? "" : ", ") + name_of(uplink_id(i));
  return names;
}

}  // namespace spillway
