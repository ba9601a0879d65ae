#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/clock.h"

namespace spillway {

/// Notices workers that stand still, by their counts of iterations (R46). Pure. Thread contract:
/// one thread.
class StallWatch {
 public:
  /// How long a worker may stand still before it is news: a scheduler that takes its CPU away for
  /// a slice or two is none. Looked at every 10 ms, a stall is known within 100 ms.
  static constexpr std::chrono::milliseconds kPatience{70};

  struct Notice {
    std::size_t worker = 0;
    bool stalled = false;           ///< or going again
    RouterClock::duration stood{};  ///< so far, or in all
  };

  /// Takes the iterations of every worker so far; call it about every 10 ms.
  std::vector<Notice> observe(TimePoint now, std::span<const std::uint64_t> iterations);

  bool stalled(std::size_t worker) const noexcept {
    return worker < seen_.size() && seen_[worker].stalled;
  }

 private:
  struct Seen {
    std::uint64_t iterations = 0;
    TimePoint moved;  ///< when they were last seen to differ
    bool stalled = false;
  };
  std::vector<Seen> seen_;
};

}  // namespace spillway
