#pragma once

#include <optional>
#include <span>
#include <vector>

#include "control/balance/reservation.h"
#include "control/balance/uplink_rate.h"
#include "control/config/config.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/balance_plan.h"

namespace spillway {

/// What each uplink may carry, and how much of it is taken: publishes to the workers what they
/// spread new connections by until the next sample.
///
/// In mode `bandwidth` an uplink is limited by its own `spill_above`, or else by the lowest monitor
/// that leads away from it, or else by its capacity; in `least-used` by its capacity. Without a
/// limit it has room for everything. Thread contract: value type; `publish` control only.
class UplinkLimits {
 public:
  struct Limit {
    config::Traffic traffic;
    config::RateLimit limit;
    Reservation reservation;
    double share = 0;  ///< of the limit, as measured: 1.0 is at it

    /// In parts of kFullLoad, with what is reserved.
    std::uint32_t carried() const noexcept;
    /// What a new connection will add to it.
    std::uint32_t cost() const noexcept;
  };

  UplinkLimits(const config::Config& config, BalanceMode mode);

  /// Goes on from where another one was, as far as the limits are the same.
  void resume(const UplinkLimits& before);
  /// Takes measured rates and the connections placed since the start, one of each per uplink.
  void observe(TimePoint now, std::span<const UplinkRate> rates,
               std::span<const std::uint64_t> placed);
  void publish(ActiveCell& cell) const;

  /// True when there is anything that changes with each sample.
  bool any() const noexcept;
  /// Of one uplink, or null when it has none.
  const Limit* of(UplinkId id) const noexcept;
  /// Connections that the uplink may take before the next sample.
  std::uint32_t headroom(UplinkId id) const noexcept;

 private:
  bool counts_ = false;  ///< whether connections just placed can fill an uplink
  std::vector<std::optional<Limit>> limits_;
};

}  // namespace spillway
