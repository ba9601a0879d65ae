#pragma once
// Which connections have to end because an uplink died or came back (R35, R36). Pure: what happened
// in, orders for the workers out.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "control/config/config.h"
#include "control/health/health_machine.h"
#include "dataplane/clock.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// End those connections of `uplinks` that can go elsewhere; or that can go home, of those opened
/// between two moments.
struct Eviction {
  enum class Why : std::uint8_t { died, came_back };

  Why why = Why::died;
  UplinkId cause = UplinkId::none;  ///< the uplink that died or came back
  UplinkSet uplinks;
  bool tell_tcp = true;
  struct Span {
    TimePoint from;
    TimePoint to;
  };
  Span opened;  ///< of those that go home
};

/// From where connections go home.
struct Preference {
  std::vector<UplinkId> order;  ///< all uplinks, the preferred one first
  bool ranked = true;           ///< false: each is home to some, whatever the order
};

/// Thread contract: one thread.
class Failover {
 public:
  Failover(const config::FailurePolicy& policy, Preference preference);

  /// Goes on under another configuration of the same uplinks.
  void configure(const config::FailurePolicy& policy, Preference preference);

  /// Call after the word for new connections has been published, with the health of every uplink
  /// and those that take new connections now.
  std::vector<Eviction> decide(TimePoint now, std::span<const Health> health, UplinkSet usable);

 private:
  struct Uplink {
    std::optional<TimePoint> dead_since;
    UplinkSet offered;                     ///< its connections could flee there in this outage
    std::optional<Eviction::Span> outage;  ///< after which those that fled are still to go home
    TimePoint drained_at;                  ///< when that is due
  };
  std::optional<Eviction> upon_death(UplinkId id, UplinkSet usable);
  void upon_return(TimePoint now, UplinkId id);
  std::optional<Eviction> upon_drained(TimePoint now, UplinkId id);
  UplinkSet refuges_from(UplinkId id) const;

  config::FailurePolicy policy_;
  Preference preference_;
  std::vector<Uplink> uplinks_;
};

}  // namespace spillway
