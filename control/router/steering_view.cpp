// What steering shows of the uplinks.

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
