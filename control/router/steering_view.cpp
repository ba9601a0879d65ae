// What steering shows of the uplinks.

#include <algorithm>

#include "control/router/steering.h"

namespace spillway {
namespace {

std::string kind_of(const ProbeStatus& probe) {
  if (probe.kind == ProbeOrder::Kind::arp) return "arp";
  return probe.gateway ? "ping" : "target";
}

std::string verdict_of(const ProbeTrack& track) {
  switch (track.verdict()) {
    case ProbeTrack::Verdict::good:
      return "good";
    case ProbeTrack::Verdict::failed:
      return "failed";
    case ProbeTrack::Verdict::unknown:
      break;
  }
  return "unknown";
}

BitsPerSecond compared(const UplinkRate& rate, config::Traffic traffic) {
  if (traffic == config::Traffic::received) return rate.rx;
  if (traffic == config::Traffic::transmitted) return rate.tx;
  return std::max(rate.rx, rate.tx);
}

ProbeView view_of(const ProbeStatus& probe) {
  const ProbeQuality quality = probe.track->quality();
  return {.kind = kind_of(probe),
          .target = to_string(probe.target),
          .verdict = verdict_of(*probe.track),
          .blamed = probe.blamed,
          .sent = probe.track->sent(),
          .answered = probe.track->answered(),
          .loss = quality.loss,
          .rtt = quality.rtt,
          .jitter = quality.jitter};
}

}  // namespace

std::vector<MonitorView> Steering::monitors() const {
  std::vector<MonitorView> all;
  for (std::size_t i = 0; i < config_->monitors.size(); ++i) {
    const config::Monitor& monitor = config_->monitors[i];
    const UplinkRate& rate = balancer().rates()[index_of(*config_->find_uplink(monitor.interface))];
    all.push_back({.name = monitor.name,
                   .interface = monitor.interface,
                   .traffic = monitor.traffic,
                   .trigger = monitor.trigger,
                   .threshold = monitor.threshold.of(monitor.traffic),
                   .rate = compared(rate, monitor.traffic),
                   .above = balancer().monitors()[i].above(),
                   .on_event = monitor.on_event,
                   .requested = balancer().requested() == config_->find_uplink(monitor.on_event)});
  }
  return all;
}

std::vector<UplinkView> Steering::view(TimePoint now) const {
  std::vector<UplinkView> all;
  const ActiveWord& word = balancer().word();
  for (std::size_t i = 0; i < config_->uplinks.size(); ++i) {
    const UplinkId id = uplink_id(i);
    const HealthMachine& machine = health()[id];
    UplinkView& view = all.emplace_back();
    view.name = config_->uplinks[i].name;
    view.health = spillway::name_of(machine.health());
    view.reason = machine.reason();
    view.since = now - machine.since();
    view.hold_down = machine.waiting_time();
    view.link = link_up(uplink_port(*config_, id));
    view.active = word.active == id;
    view.usable = word.usable.contains(id);
    view.overloaded = word.overloaded.contains(id);
    view.rate = balancer().rates()[i];
    view.threshold = config_->uplinks[i].threshold;
    view.room = balancer().room(id);
  }
  for (const ProbeStatus& probe : prober_.board().status())
    all[index_of(probe.uplink)].probes.push_back(view_of(probe));
  return all;
}

}  // namespace spillway
