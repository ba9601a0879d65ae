#pragma once
// What follows from what is known of the uplinks, in the order that matters (R35): first their
// health, then the word for new connections, and only then the connections of those that died.
// Pure: evidence in, decisions out; so that every schedule of faults can be tried.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/balance/balancer.h"
#include "control/health/failover.h"
#include "control/health/health_group.h"

namespace spillway {

/// Thread contract: control only.
class Judge {
 public:
  struct Verdict {
    std::vector<UplinkHealthChange> changes;
    std::optional<SwitchRecord> switched;  ///< published already
    std::vector<Eviction> evictions;       ///< to be carried out now
  };

  /// `config` must outlive this, or the next `adopt`.
  Judge(const config::Config& config, ActiveCell& cell);
  /// Goes on under another configuration of the same uplinks.
  void adopt(const config::Config& config);

  /// Takes what is known of every uplink now.
  Verdict judge(TimePoint now, std::span<const Evidence> evidence);

  HealthGroup& health() noexcept { return health_; }
  const HealthGroup& health() const noexcept { return health_; }
  Balancer& balancer() noexcept { return *balancer_; }
  const Balancer& balancer() const noexcept { return *balancer_; }

 private:
  std::string cause_of(std::span<const UplinkHealthChange> changes) const;

  const config::Config* config_;
  ActiveCell& cell_;
  std::unique_ptr<Balancer> balancer_;
  HealthGroup health_;
  Failover failover_;
};

}  // namespace spillway
