#pragma once
// How a worker waits while nothing comes.

#include <chrono>
#include <cstdint>

#include "control/config/config.h"

namespace spillway {

/// Decides by itself, from what came lately: the longer nothing has, the longer the next wait, up
/// to a bound; a single packet ends it all. Pure. Thread contract: one thread.
class IdleWait {
 public:
  using Duration = std::chrono::nanoseconds;

  /// Empty iterations in a row that are no reason to wait: packets come in bursts.
  static constexpr std::uint32_t kPatience = 64;
  /// Waits of each length: none is then longer than a part of the silence before, so that a packet
  /// that ends a short silence is not late, and a worker with little to do mostly sleeps.
  static constexpr std::uint32_t kOfEach = 8;
  static constexpr Duration kShortest = std::chrono::microseconds(1);
  /// The CPU's own pauses: nobody else gets it meanwhile.
  static constexpr Duration kLongestPause = std::chrono::microseconds(20);
  /// From so long a wait on sleeping pays, which takes two changes of context.
  static constexpr Duration kShortestSleep = std::chrono::microseconds(50);
  static constexpr Duration kLongestSleep = std::chrono::microseconds(250);

  enum class How : std::uint8_t {
    poll_on,  ///< at once
    yield,    ///< to others on the same CPU, if there are any
    pause,
    sleep,
  };
  struct Wait {
    How how = How::poll_on;
    Duration time{};
  };

  explicit IdleWait(config::Idle idle) noexcept : idle_(idle) {}

  /// What to do after an iteration that found so much to do.
  Wait after(std::uint32_t done) noexcept;

 private:
  config::Idle idle_;
  std::uint32_t empty_ = 0;  ///< iterations in a row without a wait
  std::uint32_t waits_ = 0;  ///< of the length that the next one has
  Duration next_ = kShortest;
};

}  // namespace spillway
