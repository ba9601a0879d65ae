#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dataplane/clock.h"
#include "dataplane/units.h"

namespace spillway {

/// Average rate over a sliding window of a byte counter that is sampled at about fixed steps.
///
///   rate = 8 bit * (bytes(now) - bytes(start)) / (now - start), rounded down to 1 bit/s,
///
/// where `start` is the latest kept sample that is at least `window` old: the divisor is the time
/// that really passed, so a late sample does not look like a burst. While no sample is that old
/// the divisor is `window` and the rate grows from 0, so that the first packets after the start
/// cannot cross a threshold that their average never reaches.
///
/// Samples closer together than half of `sample` share one place in the ring; the span is then
/// up to one step longer than the window. Intermediates have 128 bits, the result saturates.
/// No allocation after construction; `add` is O(1) amortised. Thread contract: value type.
class RateMeter {
 public:
  /// Throws std::invalid_argument unless 0 < sample <= window.
  RateMeter(std::chrono::milliseconds sample, std::chrono::milliseconds window);

  /// `total_bytes` counts since any fixed moment; the first call only sets the reference. A total
  /// below the one before (a device was reset) counts as no traffic; a time before the last is
  /// ignored.
  void add(TimePoint now, std::uint64_t total_bytes);

  BitsPerSecond rate() const noexcept { return rate_; }

 private:
  struct Sample {
    TimePoint time;
    std::uint64_t bytes = 0;  ///< since the first sample
  };

  const Sample& kept(std::size_t position) const noexcept {
    return ring_[(oldest_ + position) % ring_.size()];
  }
  void keep(const Sample& sample) noexcept;
  void forget_before_window(TimePoint now) noexcept;
  BitsPerSecond average(const Sample& newest) const noexcept;

  RouterClock::duration window_;
  RouterClock::duration least_gap_;
  std::vector<Sample> ring_;
  std::size_t oldest_ = 0;
  std::size_t count_ = 0;
  TimePoint last_time_;
  std::uint64_t last_total_ = 0;
  std::uint64_t bytes_ = 0;
  BitsPerSecond rate_;
};

}  // namespace spillway
