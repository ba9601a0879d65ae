#include "control/balance/monitor.h"

namespace spillway {

bool Monitor::observe(BitsPerSecond rate) noexcept {
  const bool was_above = above_;
  above_ = rate > threshold_;
  if (above_ == was_above) return false;
  return above_ == (trigger_ == config::Trigger::above);
}

}  // namespace spillway
