#include "control/replay/engine/metering.h"

#include <algorithm>

#include "control/uplink_totals.h"

namespace spillway::replay {
namespace {

double seconds(TimePoint t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}

}  // namespace

Metering::Metering(const config::Config& config, Stage& stage, Report& report)
    : config_(config),
      stage_(stage),
      report_(report),
      balancer_(config, stage.active()),
      placed_before_(config.uplinks.size()) {
  for (const config::Uplink& uplink : config.uplinks) {
    UplinkTotals totals;
    totals.name = uplink.name;
    report_.uplinks.push_back(std::move(totals));
    if (!uplink.threshold) continue;
    report_.thresholds.push_back(
        {uplink.name, "spill above", uplink.threshold->spill_above.of(uplink.threshold->traffic)});
    report_.thresholds.push_back({uplink.name, "return below",
                                  uplink.threshold->return_below.of(uplink.threshold->traffic)});
  }
  for (const config::Monitor& monitor : config.monitors)
    report_.thresholds.push_back(
        {monitor.interface, monitor.name, monitor.threshold.of(monitor.traffic)});
}

// Long silences are not sampled throughout: once every window is empty and every dwell over,
// nothing can change before the next packet.
void Metering::advance(TimePoint now) {
  const auto& balance = config_.balance;
  const RouterClock::duration settled = 2 * balance.window + balance.dwell;
  const TimePoint last_change = next_;
  while (next_ <= now) {
    sample(next_);
    if (next_ - last_change > settled && now - next_ > settled)
      next_ += (now - next_ - settled) / balance.sample * balance.sample;
    next_ += balance.sample;
  }
}

void Metering::finish(TimePoint now) {
  advance(now + 2 * config_.balance.window + config_.balance.dwell);
  report_.samples = log_.take();
}

void Metering::sample(TimePoint at) {
  stage_.poll(at);
  UplinkCounts counts(config_.uplinks.size());
  counts.add(stage_.counters(), config_);
  if (const auto change = balancer_.sample(at, counts.bytes, counts.placed)) {
    SwitchEvent event{seconds(at), name_of(change->from), name_of(change->to), change->cause, {}};
    for (std::size_t i = 0; i < change->rates.size(); ++i)
      event.rates[config_.uplinks[i].name] = change->rates[i].rx;
    report_.switches.push_back(std::move(event));
  }
  for (const LoadRecord& record : balancer_.take_records())
    if (record.what != LoadRecord::What::monitor_fired)
      report_.overloads.push_back({seconds(at), record.text});
  log(at, counts.placed);
}

void Metering::log(TimePoint at, const std::vector<std::uint64_t>& placed) {
  UplinkSample sample;
  sample.time = seconds(at);
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const UplinkRate& rate = balancer_.rates()[i];
    sample.rx.push_back(rate.rx);
    sample.tx.push_back(rate.tx);
    sample.new_connections.push_back(static_cast<std::uint32_t>(placed[i] - placed_before_[i]));
    report_.uplinks[i].peak_rx = std::max(report_.uplinks[i].peak_rx, rate.rx);
    report_.uplinks[i].peak_tx = std::max(report_.uplinks[i].peak_tx, rate.tx);
  }
  placed_before_ = placed;
  log_.add(std::move(sample));
}

std::string Metering::name_of(UplinkId id) const {
  return id == UplinkId::none ? "none" : config_.uplinks[index_of(id)].name;
}

}  // namespace spillway::replay
