#pragma once
// How often something may happen: at most `burst` times at once, and `per_second` on average.

#include <algorithm>
#include <cstdint>

#include "dataplane/clock.h"

namespace spillway {

/// Thread contract: value type. Starts full.
class TokenBucket {
 public:
  /// `per_second` of at most 4,000,000; tokens are counted in thousandths, so that each millisecond
  /// adds its share exactly.
  constexpr TokenBucket(std::uint32_t per_second, std::uint32_t burst) noexcept
      : per_second_(per_second), most_(std::uint64_t{burst} * 1000), tokens_(most_) {}

  /// Takes one, if there is one.
  constexpr bool take(Millis now) noexcept {
    tokens_ = std::min(most_, tokens_ + std::uint64_t{per_second_} * now.since(refilled_));
    refilled_ = now;
    if (tokens_ < 1000) return false;
    tokens_ -= 1000;
    return true;
  }

 private:
  std::uint32_t per_second_;
  std::uint64_t most_;
  std::uint64_t tokens_;
  Millis refilled_;
};

}  // namespace spillway
