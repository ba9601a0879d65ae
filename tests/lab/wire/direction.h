#pragma once
// One direction of the wire: decides the fate of each frame and keeps those that are on their way.

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "tests/lab/wire/settings.h"

namespace spillway::wire {

using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;
using Bytes = std::span<const std::uint8_t>;

/// received + duplicated = sent + lost + overflowed + cut + unsendable + still waiting.
struct Counters {
  std::uint64_t received = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t reordered = 0;
  std::uint64_t lost = 0;        ///< by the setting `loss`
  std::uint64_t overflowed = 0;  ///< would have waited longer than `queue`
  std::uint64_t cut = 0;
  std::uint64_t sent = 0;
  std::uint64_t unsendable = 0;  ///< the kernel did not take it
};

/// Time and randomness come from outside, so that a run can be repeated.
class Direction {
 public:
  explicit Direction(std::uint64_t seed) : random_(seed) {}

  Settings settings;
  Counters counters;

  void offer(Bytes frame, TimePoint now);

  std::optional<TimePoint> next_due() const;

  /// Up to `most` frames whose time has come, in order; valid until the next call of anything.
  const std::vector<Bytes>& take_due(TimePoint now, std::size_t most);

  std::size_t waiting() const { return queue_.size(); }

 private:
  struct Waiting {
    TimePoint due;
    std::uint64_t order;  ///< frames of the same time keep their order
    std::size_t slot;
  };
  static bool later(const Waiting& a, const Waiting& b);

  bool happens(double share);
  std::optional<TimePoint> pass_bottleneck(std::size_t length, TimePoint now);
  TimePoint arrival(TimePoint departure);
  void enqueue(Bytes frame, TimePoint due);

  std::mt19937_64 random_;
  TimePoint bottleneck_free_;  ///< when the last byte accepted so far has left at `rate`
  TimePoint last_arrival_;
  std::uint64_t order_ = 0;
  std::vector<Waiting> queue_;  ///< a heap, the earliest first
  std::vector<std::vector<std::uint8_t>> slots_;
  std::vector<std::size_t> free_slots_;
  std::vector<std::size_t> lent_slots_;
  std::vector<Bytes> lent_;
};

}  // namespace spillway::wire
