#pragma once

#include <chrono>
#include <cstdint>

#include "dataplane/clock.h"

namespace spillway {

/// The time by which probes are judged: it stands still while the router itself does. A machine
/// that was paused, or a worker that got no CPU, has heard no answers; that is no gateway's fault.
/// Pure. Thread contract: value type, one thread.
class ProbeClock {
 public:
  /// The router may be this late without being thought to stand still.
  static constexpr auto kPatience = std::chrono::milliseconds(20);

  /// Call it often, before anything that was heard is looked at. `rounds`: that the
  /// workers, by which probes leave and answers come, have made since the start.
  void advance(TimePoint now, std::uint64_t rounds) noexcept;

  TimePoint at(TimePoint now) const noexcept { return now - lost_; }

 private:
  TimePoint last_;   ///< call
  TimePoint moved_;  ///< when the worker was seen at work last
  std::uint64_t rounds_ = 0;
  RouterClock::duration lost_{};
};

}  // namespace spillway
