// Uplinks: what they carry, how they are, and which of them take new connections.

#include "control/config/words.h"
#include "control/health/health_machine.h"
#include "control/metrics/families.h"

namespace spillway::metrics {
namespace {

constexpr std::string_view kVerdicts[] = {"unknown", "good", "failed"};

double in_bytes(BitsPerSecond rate) {
  return static_cast<double>(rate.value) / 8;
}

/// A gauge of all uplinks.
template <typename Value>
void each(Family family, const RouterSnapshot& s, Value&& value) {
  for (const UplinkView& uplink : s.uplinks) family.add(value(uplink), {{"uplink", uplink.name}});
}

void add_rates(FamilySet& set, const RouterSnapshot& s) {
  Family rates = set.gauge("uplink_rate_bytes_per_second",
                           "What an uplink carries, averaged over the balancing window.");
  for (const UplinkView& u : s.uplinks)
    rates.add(in_bytes(u.rate.rx), {{"uplink", u.name}, {"direction", "rx"}})
        .add(in_bytes(u.rate.tx), {{"uplink", u.name}, {"direction", "tx"}});
  Family capacities =
      set.gauge("uplink_capacity_bytes_per_second", "The stated rate of the line, where stated.");
  for (std::size_t i = 0; i < s.capacities.size(); ++i) {
    const std::string& name = s.uplinks[i].name;
    const UplinkCapacity& c = s.capacities[i];
    if (c.rx) capacities.add(in_bytes(*c.rx), {{"uplink", name}, {"direction", "rx"}});
    if (c.tx) capacities.add(in_bytes(*c.tx), {{"uplink", name}, {"direction", "tx"}});
  }
  Family thresholds = set.gauge("uplink_threshold_bytes_per_second",
                                "An uplink's own threshold, where it has one, by limit.");
  for (const UplinkView& u : s.uplinks) {
    if (!u.threshold) continue;
    const config::Traffic traffic = u.threshold->traffic;
    const std::string word(config::word_for(config::kTraffics, traffic));
    thresholds
        .add(in_bytes(u.threshold->spill_above.of(traffic)),
             {{"uplink", u.name}, {"limit", "spill_above"}, {"traffic", word}})
        .add(in_bytes(u.threshold->return_below.of(traffic)),
             {{"uplink", u.name}, {"limit", "return_below"}, {"traffic", word}});
  }
}

void add_room(FamilySet& set, const RouterSnapshot& s) {
  Family reserved = set.gauge("uplink_reserved_bytes_per_second",
                              "Reserved for connections just placed, where room is counted.");
  for (const UplinkView& u : s.uplinks)
    if (u.room) reserved.add(in_bytes(u.room->reserved), {{"uplink", u.name}});
  Family room = set.gauge("uplink_headroom_connections",
                          "Connections that it may take before the next sample, where counted.");
  for (const UplinkView& u : s.uplinks)
    if (u.room) room.add(std::uint64_t{u.room->connections}, {{"uplink", u.name}});
}

void add_health(FamilySet& set, const RouterSnapshot& s) {
  Family health = set.gauge("uplink_health", "1 for the state that an uplink is in, else 0.");
  for (const UplinkView& u : s.uplinks)
    for (std::size_t i = 0; i < kHealthStates; ++i) {
      const std::string state(name_of(static_cast<Health>(i)));
      health.add(u.health == state, {{"uplink", u.name}, {"state", state}});
    }
  each(set.gauge("uplink_health_age_seconds", "How long an uplink has been in its state."), s,
       [](const UplinkView& u) { return u.since; });
  each(set.gauge("uplink_hold_down_seconds",
                 "How long an uplink waits, or would have to after its next return."),
       s, [](const UplinkView& u) { return u.hold_down; });
}

void add_probes(FamilySet& set, const RouterSnapshot& s) {
  const auto probes = [&](Family family, auto&& value) {
    for (const UplinkView& u : s.uplinks)
      for (const ProbeView& probe : u.probes)
        family.add(value(probe),
                   {{"uplink", u.name}, {"kind", probe.kind}, {"target", probe.target}});
  };
  probes(set.counter("probe_sent", "Probes sent, by uplink, kind and target."),
         [](const ProbeView& p) { return p.sent; });
  probes(set.counter("probe_answered", "Probes answered in time."),
         [](const ProbeView& p) { return p.answered; });
  probes(set.gauge("probe_loss_ratio", "Part of the last 50 probes that was not answered."),
         [](const ProbeView& p) { return p.loss; });
  probes(set.gauge("probe_rtt_seconds", "Mean round trip of the last 50 probes."),
         [](const ProbeView& p) { return p.rtt; });
  probes(set.gauge("probe_jitter_seconds", "Mean difference of round trips in a row."),
         [](const ProbeView& p) { return p.jitter; });
  probes(set.gauge("probe_blamed", "1 while a target fails by every uplink and counts for none."),
         [](const ProbeView& p) { return p.blamed; });
  Family verdicts = set.gauge("probe_verdict", "1 for what is thought of a target, else 0.");
  for (const UplinkView& u : s.uplinks)
    for (const ProbeView& probe : u.probes)
      for (const std::string_view verdict : kVerdicts)
        verdicts.add(probe.verdict == verdict, {{"uplink", u.name},
                                                {"kind", probe.kind},
                                                {"target", probe.target},
                                                {"verdict", std::string(verdict)}});
}

std::uint64_t count_of(const EventTally::ByName& counts, const std::string& name) {
  const auto at = counts.find(name);
  return at == counts.end() ? 0 : at->second;
}

}  // namespace

void add_uplinks(FamilySet& set, const RouterSnapshot& s) {
  add_rates(set, s);
  add_room(set, s);
  each(set.gauge("uplink_active", "1 for the uplink that takes new connections, else 0."), s,
       [](const UplinkView& u) { return u.active; });
  each(set.gauge("uplink_usable", "1 while an uplink may take new connections."), s,
       [](const UplinkView& u) { return u.usable; });
  each(set.gauge("uplink_overloaded", "1 while its threshold keeps new connections away."), s,
       [](const UplinkView& u) { return u.overloaded; });
  set.gauge("all_uplinks_overloaded", "1 while every usable uplink is overloaded.")
      .add(s.all_overloaded());
  add_health(set, s);
  add_probes(set, s);
}

void add_steering(FamilySet& set, const RouterSnapshot& s) {
  set.gauge("balance_info", "Always 1; its label says how new connections are shared out.")
      .add(1.0, {{"mode", s.mode}});
  Family switches = set.counter(
      "switches", "Switches of new connections, by the uplink that takes them then, or none.");
  for (const UplinkView& u : s.uplinks)
    switches.add(count_of(s.tally.switches, u.name), {{"uplink", u.name}});
  switches.add(count_of(s.tally.switches, "none"), {{"uplink", "none"}});
  Family changes = set.counter("uplink_health_changes", "Changes of health, by the new state.");
  for (const UplinkView& u : s.uplinks)
    for (std::size_t i = 0; i < kHealthStates; ++i) {
      const std::string state(name_of(static_cast<Health>(i)));
      const auto at = s.tally.health.find({u.name, state});
      changes.add(at == s.tally.health.end() ? std::uint64_t{0} : at->second,
                  {{"uplink", u.name}, {"state", state}});
    }
  Family failovers =
      set.counter("failovers", "How often connections were ended because their uplink had died.");
  each(failovers, s, [&](const UplinkView& u) { return count_of(s.tally.failovers, u.name); });
  Family failbacks =
      set.counter("failbacks", "How often connections that had fled were sent home to an uplink.");
  each(failbacks, s, [&](const UplinkView& u) { return count_of(s.tally.failbacks, u.name); });
  Family monitors = set.counter("monitor_firings", "How often a Traffic Monitor has fired.");
  for (const std::string& name : s.monitors)
    monitors.add(count_of(s.tally.monitors, name), {{"monitor", name}});
}

}  // namespace spillway::metrics
