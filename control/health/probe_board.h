#pragma once
// All probes of all uplinks, and what they say together about each uplink. Pure: facts in, orders
// out; frames are made and read elsewhere.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/config/health_settings.h"
#include "control/health/health_machine.h"
#include "control/health/probe_track.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// What a probe asks, and of whom.
struct ProbeOrder {
  enum class Kind : std::uint8_t { arp, echo };

  UplinkId uplink = UplinkId::none;
  Kind kind = Kind::arp;
  Ipv4Addr target;
  std::uint16_t sequence = 0;
  bool missed = false;  ///< the one before was: who has the target's address now may be another
};

/// An uplink as the board needs to know it.
struct ProbedUplink {
  std::string name;
  Ipv4Addr gateway;
  config::HealthSettings settings;
};

/// One probed target, for those who want to see it.
struct ProbeStatus {
  UplinkId uplink = UplinkId::none;
  ProbeOrder::Kind kind = ProbeOrder::Kind::arp;
  Ipv4Addr target;
  bool gateway = false;
  bool blamed = false;  ///< fails by every uplink: it is the target's own fault
  const ProbeTrack* track = nullptr;
};

/// Thread contract: one thread.
class ProbeBoard {
 public:
  explicit ProbeBoard(std::vector<ProbedUplink> uplinks);
  /// Goes on from `before`, another one for the same uplinks: what is asked as it was is known.
  void resume(const ProbeBoard& before);

  /// Probes to be sent now. Counts what has timed out.
  std::vector<ProbeOrder> tick(TimePoint now);
  void arp_answered(TimePoint now, UplinkId uplink);
  /// False when this answer was not waited for.
  bool echo_answered(TimePoint now, UplinkId uplink, Ipv4Addr from, std::uint16_t sequence);

  /// What is known of an uplink; its link is the caller's to add.
  Evidence evidence(UplinkId uplink) const;
  std::vector<ProbeStatus> status() const;
  /// The quality that limits apply to: that of the best target, or else of the gateway.
  ProbeQuality quality(UplinkId uplink) const;

 private:
  struct Probe {
    ProbeOrder::Kind kind;
    Ipv4Addr target;
    bool gateway;
    ProbeTrack track;
    bool proven = false;  ///< it has failed, and the fault is the uplink's; until it is good again

    bool asks_like(const Probe& other) const noexcept {
      return kind == other.kind && target == other.target && gateway == other.gateway &&
             track.pace() == other.track.pace();
    }
  };
  struct Uplink {
    ProbedUplink facts;
    std::vector<Probe> probes;
    bool poor = false;  ///< as judged last, for hysteresis
  };

  void prove(std::size_t uplink, Probe& probe) const;
  bool failed(const Probe& probe) const;
  bool blamed(const Probe& probe) const;
  bool seen_elsewhere(std::size_t uplink, const Probe& probe) const;
  bool is_poor(const Uplink& uplink) const;
  void judge_targets(std::size_t uplink, Evidence& evidence) const;

  std::vector<Uplink> uplinks_;
};

}  // namespace spillway
