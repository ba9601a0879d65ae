#pragma once

#include "control/config/config.h"
#include "dataplane/units.h"

namespace spillway {

/// A Traffic Monitor: tells the moment when a rate crosses its threshold, not on which side it is.
///
/// A rate is above when it is greater than the threshold; at the threshold it is not above. The
/// rate before the first is taken as not above, so `below` never fires at the start, and `above`
/// fires with the first rate that is above.
/// Thread contract: value type.
class Monitor {
 public:
  Monitor(config::Trigger trigger, BitsPerSecond threshold) noexcept
      : trigger_(trigger), threshold_(threshold) {}

  /// Takes the next rate; true when the monitor fires.
  bool observe(BitsPerSecond rate) noexcept;

 private:
  config::Trigger trigger_;
  BitsPerSecond threshold_;
  bool above_ = false;
};

}  // namespace spillway
