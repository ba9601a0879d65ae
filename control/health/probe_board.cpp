#include "control/health/probe_board.h"

#include <algorithm>

namespace spillway {
namespace {

using Kind = ProbeOrder::Kind;
using Verdict = ProbeTrack::Verdict;

/// An uplink that is degraded is good again well below its limits only, so that it does not swing.
constexpr double kRelief = 0.8;
/// Fewer probes say nothing about loss.
constexpr std::size_t kEnoughProbes = 10;

std::string times(unsigned n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

ProbeBoard::ProbeBoard(std::vector<ProbedUplink> uplinks) {
  for (ProbedUplink& facts : uplinks) {
    Uplink uplink{std::move(facts), {}, false};
    const config::HealthSettings& s = uplink.facts.settings;
    const auto add = [&](Kind kind, Ipv4Addr target, bool gateway, const config::ProbePace& pace) {
      uplink.probes.push_back({kind, target, gateway, ProbeTrack(pace), false});
    };
    if (s.arp) add(Kind::arp, uplink.facts.gateway, true, *s.arp);
    if (s.ping) add(Kind::echo, uplink.facts.gateway, true, *s.ping);
    for (const Ipv4Addr host : s.targets.hosts) add(Kind::echo, host, false, s.targets.pace);
    uplinks_.push_back(std::move(uplink));
  }
}

void ProbeBoard::resume(const ProbeBoard& before) {
  for (std::size_t i = 0; i < uplinks_.size(); ++i) {
    Uplink& uplink = uplinks_[i];
    const Uplink& was = before.uplinks_[i];
    if (uplink.facts.settings.limits == was.facts.settings.limits) uplink.poor = was.poor;
    for (Probe& probe : uplink.probes)
      for (const Probe& other : was.probes)
        if (probe.asks_like(other)) {
          probe.track = other.track;
          probe.proven = other.proven;
        }
  }
}

std::vector<ProbeOrder> ProbeBoard::tick(TimePoint now) {
  std::vector<ProbeOrder> orders;
  for (std::size_t i = 0; i < uplinks_.size(); ++i) {
    for (Probe& probe : uplinks_[i].probes) {
      probe.track.expire(now);
      if (now < probe.track.due()) continue;
      const bool missed = probe.track.missing();
      orders.push_back({uplink_id(i), probe.kind, probe.target, probe.track.send(now), missed});
    }
    for (Probe& probe : uplinks_[i].probes) prove(i, probe);
    uplinks_[i].poor = is_poor(uplinks_[i]);
  }
  return orders;
}

void ProbeBoard::arp_answered(TimePoint now, UplinkId uplink) {
  for (Probe& probe : uplinks_[index_of(uplink)].probes)
    if (probe.kind == Kind::arp) probe.track.answer_oldest(now);
}

bool ProbeBoard::echo_answered(TimePoint now, UplinkId uplink, Ipv4Addr from,
                               std::uint16_t sequence) {
  for (Probe& probe : uplinks_[index_of(uplink)].probes)
    if (probe.kind == Kind::echo && probe.target == from && probe.track.answer(now, sequence))
      return true;
  return false;
}

/// By each uplink that asks it, and by more than one: then nobody can say whose fault it is but the
/// target's own.
bool ProbeBoard::blamed(const Probe& probe) const {
  if (probe.gateway) return false;
  std::size_t asking = 0;
  for (const Uplink& uplink : uplinks_)
    for (const Probe& other : uplink.probes) {
      if (other.gateway || other.target != probe.target) continue;
      ++asking;
      if (other.track.verdict() != Verdict::failed) return false;
    }
  return asking > 1;
}

/// Whether the target answered another uplink since it fell silent here: then it lives, and the
/// fault is here. Where no other uplink asks it there is nothing to wait for.
bool ProbeBoard::seen_elsewhere(std::size_t uplink, const Probe& probe) const {
  bool asked_elsewhere = false;
  for (std::size_t i = 0; i < uplinks_.size(); ++i) {
    if (i == uplink) continue;
    for (const Probe& other : uplinks_[i].probes) {
      if (other.gateway || other.target != probe.target) continue;
      asked_elsewhere = true;
      const auto last = other.track.last_answer();
      if (last && probe.track.silent_since() && *last > *probe.track.silent_since()) return true;
    }
  }
  return !asked_elsewhere;
}

/// Once proven it takes as many answers as any recovery: the first ones alone acquit nobody.
void ProbeBoard::prove(std::size_t uplink, Probe& probe) const {
  if (probe.track.verdict() != Verdict::failed)
    probe.proven = false;
  else if (!probe.proven)
    probe.proven = probe.gateway || (!blamed(probe) && seen_elsewhere(uplink, probe));
}

bool ProbeBoard::failed(const Probe& probe) const {
  return probe.track.verdict() == Verdict::failed && probe.proven && !blamed(probe);
}

void ProbeBoard::judge_targets(std::size_t uplink, Evidence& evidence) const {
  const Uplink& u = uplinks_[uplink];
  unsigned asked = 0;
  unsigned bad = 0;
  for (const Probe& probe : u.probes) {
    if (probe.gateway || blamed(probe)) continue;
    ++asked;
    bad += failed(probe);
  }
  // Targets that are to blame themselves lower what can be asked for.
  const unsigned quorum = std::min(u.facts.settings.targets.quorum, asked);
  if (asked - bad >= quorum) return;
  evidence.reach = Evidence::Reach::unreachable;
  evidence.reason = "only " + std::to_string(asked - bad) + " of " + times(asked, "target") +
                    " beyond the gateway answer, " + std::to_string(quorum) + " must";
}

Evidence ProbeBoard::evidence(UplinkId id) const {
  const std::size_t at = index_of(id);
  const Uplink& u = uplinks_[at];
  Evidence evidence;
  // Who is not asked anything has nothing to answer for but its link.
  if (u.probes.empty()) evidence.reach = Evidence::Reach::reachable;
  for (const Probe& probe : u.probes)
    if (probe.track.verdict() == Verdict::good) evidence.reach = Evidence::Reach::reachable;
  judge_targets(at, evidence);
  for (const Probe& probe : u.probes) {
    if (!probe.gateway || !failed(probe)) continue;
    evidence.reach = Evidence::Reach::unreachable;
    evidence.reason = "gateway " + to_string(probe.target) + " does not answer " +
                      (probe.kind == Kind::arp ? "ARP" : "ping");
  }
  evidence.poor = u.poor;
  if (u.poor && evidence.reason.empty()) evidence.reason = "loses or delays too much";
  return evidence;
}

ProbeQuality ProbeBoard::quality(UplinkId id) const {
  const Uplink& u = uplinks_[index_of(id)];
  const Probe* best = nullptr;
  ProbeQuality best_quality;
  for (const Probe& probe : u.probes) {
    const ProbeQuality q = probe.track.quality();
    // Echo says more than ARP, a target beyond the gateway more than the gateway.
    const auto rank = [](const Probe& p) { return (p.kind == Kind::echo) + 2 * !p.gateway; };
    const bool better = best == nullptr || rank(probe) > rank(*best) ||
                        (rank(probe) == rank(*best) && q.loss < best_quality.loss);
    if (!better) continue;
    best = &probe;
    best_quality = q;
  }
  return best_quality;
}

bool ProbeBoard::is_poor(const Uplink& uplink) const {
  const config::QualityLimits& limits = uplink.facts.settings.limits;
  const auto id = uplink_id(static_cast<std::size_t>(&uplink - uplinks_.data()));
  const ProbeQuality q = quality(id);
  if (q.probes < kEnoughProbes) return false;
  const double scale = uplink.poor ? kRelief : 1.0;
  const auto over = [scale](auto value, const auto& limit) {
    return limit && static_cast<double>(value) > scale * static_cast<double>(*limit);
  };
  const auto ms = [](const std::optional<std::chrono::milliseconds>& limit) {
    return limit ? std::optional(std::chrono::nanoseconds(*limit).count()) : std::nullopt;
  };
  return over(q.loss, limits.loss) || over(q.rtt.count(), ms(limits.rtt)) ||
         over(q.jitter.count(), ms(limits.jitter));
}

std::vector<ProbeStatus> ProbeBoard::status() const {
  std::vector<ProbeStatus> all;
  for (std::size_t i = 0; i < uplinks_.size(); ++i)
    for (const Probe& probe : uplinks_[i].probes)
      all.push_back(
          {uplink_id(i), probe.kind, probe.target, probe.gateway, blamed(probe), &probe.track});
  return all;
}

}  // namespace spillway
