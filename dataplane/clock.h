#pragma once
// Time is always passed in: live workers read the TSC, replay and tests step a virtual clock.

#include <chrono>
#include <cstdint>

namespace spillway {

/// Monotonic router time; its epoch is the start of the router or of the replayed capture.
struct RouterClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<RouterClock>;
  static constexpr bool is_steady = true;
};
using TimePoint = RouterClock::time_point;

/// Milliseconds since the epoch, modulo 2^32 (49.7 days): what a connection stores. Compare by
/// difference only; every timeout is far below half the range.
struct Millis {
  std::uint32_t value = 0;

  static constexpr Millis of(TimePoint t) noexcept {
    using namespace std::chrono;
    return Millis{
        static_cast<std::uint32_t>(duration_cast<milliseconds>(t.time_since_epoch()).count())};
  }
  constexpr std::uint32_t since(Millis earlier) const noexcept { return value - earlier.value; }
  constexpr bool operator==(const Millis&) const noexcept = default;
};

}  // namespace spillway
