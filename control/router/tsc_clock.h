#pragma once

#include <rte_cycles.h>

#include "dataplane/clock.h"

namespace spillway {

/// Router time from the CPU's time-stamp counter, which runs at one rate on every core. Zero when
/// it was made. Thread contract: any; all threads of a router share one.
class TscClock {
 public:
  TscClock() noexcept
      : start_(rte_get_tsc_cycles()),
        nanoseconds_((1'000'000'000ull << kShift) / rte_get_tsc_hz()) {}

  TimePoint now() const noexcept {
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t cycles = rte_get_tsc_cycles() - start_;
    return TimePoint(std::chrono::nanoseconds(
        static_cast<std::int64_t>(static_cast<Wide>(cycles) * nanoseconds_ >> kShift)));
  }

 private:
  static constexpr unsigned kShift = 32;
  std::uint64_t start_;
  std::uint64_t nanoseconds_;  ///< of one cycle, in 2^-32
};

}  // namespace spillway
