#pragma once
// How many ICMP errors the router sends (RFC 1812 4.3.2.8): a token bucket.

#include <cstdint>

#include "dataplane/clock.h"

namespace spillway {

/// Thread contract: one worker.
class IcmpBudget {
 public:
  static constexpr std::uint32_t kPerSecond = 1000;
  static constexpr std::uint32_t kBurst = 100;

  /// Takes one, if there is one.
  bool take(Millis now) noexcept;

 private:
  std::uint32_t tokens_ = kBurst;
  Millis refilled_;
};

}  // namespace spillway
