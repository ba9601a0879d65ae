// Probes, limits on quality, and hold-down of uplinks.

#include <algorithm>

#include "control/config/parts.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

using std::chrono::milliseconds;

void read_ms(Section& section, const char* key, std::uint64_t least, std::uint64_t most,
             milliseconds& into) {
  if (const auto value = section.integer(key, least, most))
    into = milliseconds(static_cast<std::int64_t>(*value));
}

void read_count(Section& section, const char* key, unsigned& into) {
  constexpr std::uint64_t most = 100;
  if (const auto value = section.integer(key, 1, most)) into = static_cast<unsigned>(*value);
}

void read_pace(Section& section, ProbePace& pace) {
  read_ms(section, "interval_ms", 10, 60000, pace.interval);
  read_ms(section, "timeout_ms", 10, 60000, pace.timeout);
  read_count(section, "misses", pace.misses);
  read_count(section, "replies", pace.replies);
  // An interval that was made shorter than the profile's retries takes them along.
  pace.retry = std::min(pace.retry, pace.interval);
  read_ms(section, "retry_ms", 10, 60000, pace.retry);
  if (pace.retry > pace.interval)
    section.reject("retry_ms", "at most interval_ms, " + std::to_string(pace.interval.count()));
}

/// `true`, `false`, or a group that says how.
void read_probe(Section& section, const char* key, const ProbePace& usual,
                std::optional<ProbePace>& probe) {
  if (section.is_group(key)) {
    ProbePace pace = probe.value_or(usual);
    section.group(key, [&](Section& s) { read_pace(s, pace); });
    probe = pace;
  } else if (const auto wanted = section.boolean(key)) {
    probe = *wanted ? std::optional(probe.value_or(usual)) : std::nullopt;
  }
}

void read_targets(Section& section, ProbeTargets& targets) {
  section.group("targets", [&](Section& s) {
    std::vector<Ipv4Addr> hosts;
    s.each_text("hosts", [&](const std::string& text) {
      const auto host = parse_ipv4(text);
      const bool twice = host && std::find(hosts.begin(), hosts.end(), *host) != hosts.end();
      if (!host || twice)
        s.mistake("hosts", "found \"" + text + "\"" + (twice ? " twice" : "") +
                               "; allowed: IPv4 addresses, each once");
      else
        hosts.push_back(*host);
    });
    if (s.has("hosts")) targets.hosts = hosts;
    read_pace(s, targets.pace);
    targets.quorum = std::min(targets.quorum, std::max(1u, unsigned(targets.hosts.size())));
    if (const auto quorum = s.integer("quorum", 1, std::max<std::size_t>(1, targets.hosts.size())))
      targets.quorum = static_cast<unsigned>(*quorum);
  });
}

void read_limits(Section& section, QualityLimits& limits) {
  section.group("limits", [&](Section& s) {
    if (const auto loss = s.integer("loss", 1, 99)) limits.loss = static_cast<double>(*loss) / 100;
    const auto read = [&](const char* key, std::optional<milliseconds>& limit) {
      if (!s.has(key)) return;
      milliseconds value{0};
      read_ms(s, key, 1, 60000, value);
      limit = value;
    };
    read("rtt_ms", limits.rtt);
    read("jitter_ms", limits.jitter);
  });
}

void read_hold_down(Section& section, HoldDown& hold) {
  section.group("hold_down", [&](Section& s) {
    read_ms(s, "least_ms", 0, 3600000, hold.least);
    read_ms(s, "most_ms", 0, 3600000, hold.most);
    read_ms(s, "calm_ms", 1000, 86400000, hold.calm);
    if (hold.most < hold.least)
      s.reject("most_ms", "at least least_ms, " + std::to_string(hold.least.count()));
  });
}

/// The paces of a profile; what is probed stays as it is.
void apply_profile(const ProbeProfile& profile, HealthSettings& health) {
  if (health.arp) health.arp = profile.gateway;
  if (health.ping) health.ping = profile.gateway;
  health.targets.pace = profile.targets;
  health.usual = profile.gateway;
}

}  // namespace

void read_probes(Section& section, HealthSettings& health) {
  section.group("probes", [&](Section& s) {
    if (const auto profile = s.choice("profile", kProbeProfiles)) apply_profile(**profile, health);
    read_probe(s, "arp", health.usual, health.arp);
    read_probe(s, "ping", health.usual, health.ping);
    read_targets(s, health.targets);
    read_limits(s, health.limits);
    read_hold_down(s, health.hold_down);
  });
}

}  // namespace spillway::config
