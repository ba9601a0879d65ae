#include "control/balance/monitor.h"

namespace spillway {

bool Monitor::observe(const UplinkRate& rate) noexcept {
  const bool was_above = above_;
  above_ = is_above(rate, threshold_, traffic_);
  if (above_ == was_above) return false;
  return above_ == (trigger_ == config::Trigger::above);
}

}  // namespace spillway
