#include "dataplane/path/icmp_budget.h"

#include <algorithm>

namespace spillway {

bool IcmpBudget::take(Millis now) noexcept {
  static_assert(kPerSecond == 1000, "a token each millisecond");
  tokens_ = std::min(kBurst, tokens_ + std::min(kBurst, now.since(refilled_)));
  refilled_ = now;
  if (tokens_ == 0) return false;
  --tokens_;
  return true;
}

}  // namespace spillway
