#include "control/router/steering.h"

#include <algorithm>

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kJudgeEvery = 1ms;
constexpr auto kLinksEvery = 10ms;
/// Of cards without interrupts: their drivers go through all of the negotiation each time, which
/// takes up to a millisecond on a real one.
constexpr auto kPolledLinksEvery = 100ms;

}  // namespace

Steering::Steering(const config::Config& config, const RouterPorts& ports, WorkerGroup& workers,
                   Prober& prober, EventLog& events)
    : config_(&config),
      ports_(ports),
      workers_(workers),
      prober_(prober),
      events_(events),
      judge_(config, workers.active()),
      evictions_(workers),
      link_up_(ports.all().size(), true) {}

void Steering::adopt(const config::Config& config) {
  judge_.adopt(config);
  prober_.adopt(config);
  config_ = &config;
}

void Steering::poll(TimePoint now) {
  if (now < next_judgement_) return;
  next_judgement_ = now + kJudgeEvery;
  prober_.poll(now);
  watch_links(now);
  judge(now);
  if (now >= next_sample_) sample(now);
  if (const auto done = evictions_.poll()) report(now, *done);
}

void Steering::watch_links(TimePoint now) {
  if (now < next_look_at_links_ && !ports_.link_interrupted()) return;
  next_look_at_links_ = now + kLinksEvery;
  const bool polled_too = now >= next_poll_of_links_;
  if (polled_too) next_poll_of_links_ = now + kPolledLinksEvery;
  for (const RouterPort& port : ports_.all()) {
    if (port.device->is_link_polled() && !polled_too) continue;
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

void Steering::judge(TimePoint now) {
  std::vector<Evidence> evidence;
  for (std::size_t i = 0; i < config_->uplinks.size(); ++i) {
    evidence.push_back(prober_.board().evidence(uplink_id(i)));
    evidence.back().link = link_up(uplink_port(*config_, uplink_id(i)));
  }
  const Judge::Verdict verdict = judge_.judge(now, evidence);
  // Orders first: whoever listens to events takes his time.
  for (const Eviction& eviction : verdict.evictions) evictions_.add(eviction);
  for (const UplinkHealthChange& change : verdict.changes) report(now, change);
  if (verdict.switched) report(now, *verdict.switched);
  for (const Eviction& eviction : verdict.evictions) report(now, eviction);
}

void Steering::sample(TimePoint now) {
  // From the planned moment, not from this one, so that the pace holds.
  next_sample_ = std::max(next_sample_ + config_->balance.sample, now);
  const UplinkCounts counts = workers_.uplink_counts(*config_);
  Balancer& balancer = judge_.balancer();
  const auto change = balancer.sample(now, counts.bytes, counts.placed);
  for (const LoadRecord& record : balancer.take_records()) report(now, record);
  if (change) report(now, *change);
}

}  // namespace spillway
