#pragma once
// How the health of an uplink is judged: the part of a configuration that probes and the health
// state machine read. Plain values.

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "dataplane/net/addr.h"

namespace spillway::config {

/// How a target is probed, and what makes it fail and come back.
struct ProbePace {
  std::chrono::milliseconds interval{200};
  std::chrono::milliseconds timeout{200};  ///< an answer later is none
  unsigned misses = 3;                     ///< in a row make it fail
  unsigned replies = 3;                    ///< in a row make it good again
  std::chrono::milliseconds retry{100};    ///< instead of `interval` from a miss on; never longer

  /// The longest time from a fault to its notice: at the usual pace, or by retries from the first
  /// miss on, when some more have been sent already.
  constexpr std::chrono::milliseconds detection() const noexcept {
    const auto sent = static_cast<unsigned>(1 + timeout / interval);
    const auto retries = std::min(retry, interval) * (misses > sent ? misses - sent : 0);
    return std::min(interval * misses + timeout, interval + timeout + retries + timeout);
  }
  constexpr bool operator==(const ProbePace&) const noexcept = default;
};

/// Hosts beyond the gateway, reached by this uplink whatever is active.
struct ProbeTargets {
  std::vector<Ipv4Addr> hosts;
  unsigned quorum = 1;  ///< how many must answer
  ProbePace pace{std::chrono::milliseconds(500), std::chrono::milliseconds(500), 3, 3,
                 std::chrono::milliseconds(100)};

  bool operator==(const ProbeTargets&) const noexcept = default;
};

/// Beyond one of these an uplink is degraded; nothing: no limit.
struct QualityLimits {
  std::optional<double> loss;  ///< 0..1
  std::optional<std::chrono::milliseconds> rtt;
  std::optional<std::chrono::milliseconds> jitter;

  constexpr bool operator==(const QualityLimits&) const noexcept = default;
};

/// How long an uplink that came back has to wait: doubled by each failure, halved by each calm
/// time.
struct HoldDown {
  std::chrono::milliseconds least{1000};
  std::chrono::milliseconds most{60000};
  std::chrono::milliseconds calm{60000};

  constexpr bool operator==(const HoldDown&) const noexcept = default;
};

/// Paces that belong together.
struct ProbeProfile {
  ProbePace gateway;
  ProbePace targets;
};

struct HealthSettings {
  ProbePace usual;                             ///< of gateway probes that are only switched on
  std::optional<ProbePace> arp = ProbePace{};  ///< to the gateway; nothing: not probed
  std::optional<ProbePace> ping;               ///< to the gateway
  ProbeTargets targets;
  QualityLimits limits;
  HoldDown hold_down;

  bool operator==(const HealthSettings&) const noexcept = default;
};

}  // namespace spillway::config
