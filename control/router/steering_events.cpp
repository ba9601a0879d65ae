// What steering tells of its decisions.

#include <fmt/format.h>

#include "control/router/steering.h"

namespace spillway {
namespace {

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

EventKind kind_of(const Eviction& eviction) {
  return eviction.why == Eviction::Why::died ? EventKind::failover : EventKind::failback;
}

double in_ms(RouterClock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// What probes have found out lately.
void add_figures(Event& event, const ProbeQuality& quality) {
  if (quality.probes == 0) return;
  event.facts.emplace_back("loss", fmt::format("{:.2f}", quality.loss));
  event.facts.emplace_back("rtt_ms", fmt::format("{:.1f}", in_ms(quality.rtt)));
  event.facts.emplace_back("jitter_ms", fmt::format("{:.1f}", in_ms(quality.jitter)));
}

}  // namespace

void Steering::report(TimePoint now, const SwitchRecord& change) {
  last_switch_ = change;
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

void Steering::report(TimePoint now, const LoadRecord& record) {
  using What = LoadRecord::What;
  if (record.what == What::monitor_fired) {
    events_.add(now, {.kind = EventKind::monitor, .subject = record.monitor, .text = record.text});
    return;
  }
  const bool begins = record.what == What::all_overloaded;
  events_.add(now, {.kind = EventKind::overload,
                    .severity = begins ? Severity::warning : Severity::info,
                    .text = record.text,
                    .facts = {{"state", begins ? "begins" : "ends"}}});
}

void Steering::report(TimePoint now, const UplinkHealthChange& change) {
  const std::string name = name_of(change.uplink);
  const std::string from(spillway::name_of(change.change.from));
  const std::string to(spillway::name_of(change.change.to));
  const std::string& reason = change.change.reason;
  Event event{.kind = EventKind::health,
              .severity = severity_of(change.change.to),
              .subject = name,
              .text = fmt::format("{}: {} -> {}: {}", name, from, to, reason),
              .facts = {{"from", from}, {"to", to}, {"cause", reason}}};
  if (change.change.to == Health::hold_down) {
    const auto wait = in_ms(judge_.health()[change.uplink].waiting_time());
    event.text += fmt::format("; trusted again after {:.1f} s", wait / 1000);
    event.facts.emplace_back("hold_down_ms", fmt::format("{:.0f}", wait));
  }
  add_figures(event, prober_.board().quality(change.uplink));
  events_.add(now, std::move(event));
}

void Steering::report(TimePoint now, const Eviction& begun) {
  const std::string name = name_of(begun.cause);
  const bool died = begun.why == Eviction::Why::died;
  events_.add(now, {.kind = kind_of(begun),
                    .severity = Severity::warning,
                    .subject = name,
                    .text = died ? name + ": connections that can go elsewhere end"
                                 : "connections that fled to " + names_of(begun.uplinks) +
                                       " go home to " + name,
                    .facts = {{"state", "begins"}}});
}

void Steering::report(TimePoint now, const Evictions::Done& done) {
  const std::string name = name_of(done.eviction.cause);
  const std::string count = std::to_string(done.connections);
  events_.add(now, {.kind = kind_of(done.eviction),
                    .subject = name,
                    .text = name + ": " + count +
                            (done.connections == 1 ? " connection" : " connections") + " ended",
                    .facts = {{"state", "done"}, {"connections", count}}});
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
