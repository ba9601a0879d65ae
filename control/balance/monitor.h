#pragma once

#include "control/balance/uplink_rate.h"
#include "control/config/config.h"

namespace spillway {

/// A Traffic Monitor: tells the moment when a rate crosses its threshold, not on which side it is.
///
/// A rate is above when it is greater than the threshold; at the threshold it is not above. The
/// rate before the first is taken as not above, so `below` never fires at the start, and `above`
/// fires with the first rate that is above.
/// Thread contract: value type.
class Monitor {
 public:
  Monitor(config::Trigger trigger, config::Traffic traffic,
          const config::RateLimit& threshold) noexcept
      : trigger_(trigger), traffic_(traffic), threshold_(threshold) {}

  /// Takes the next rates; true when the monitor fires.
  bool observe(const UplinkRate& rate) noexcept;
  /// On which side the last rate was.
  bool above() const noexcept { return above_; }

 private:
  config::Trigger trigger_;
  config::Traffic traffic_;
  config::RateLimit threshold_;
  bool above_ = false;
};

}  // namespace spillway
