#pragma once

#include "control/balance/uplink_rate.h"
#include "control/config/config.h"

namespace spillway {

/// Whether an uplink is overloaded by its own threshold. It becomes so when the rate is greater
/// than `spill_above` and stays so until the rate is less than `return_below`; between the two
/// nothing changes, so a constant load causes one change at most.
/// Thread contract: value type.
class Overload {
 public:
  explicit Overload(const config::Threshold& threshold) noexcept : threshold_(threshold) {}

  /// Takes the next rates; true when the state changed.
  bool observe(const UplinkRate& rate) noexcept;

  /// Goes on from where another one was.
  void resume(const Overload& other) noexcept { overloaded_ = other.overloaded_; }

  bool overloaded() const noexcept { return overloaded_; }
  const config::Threshold& threshold() const noexcept { return threshold_; }
  /// Rate divided by `spill_above`; 1.0 is at the threshold.
  double share(const UplinkRate& rate) const noexcept;

 private:
  config::Threshold threshold_;
  bool overloaded_ = false;
};

}  // namespace spillway
