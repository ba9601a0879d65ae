#include "control/balance/rate_meter.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace spillway {
namespace {

__extension__ using Wide = unsigned __int128;

// One sample at or before the start of the window and one at its end, besides those within.
std::size_t ring_size(RouterClock::duration least_gap, RouterClock::duration window) {
  return static_cast<std::size_t>(window / least_gap) + 2;
}

}  // namespace

RateMeter::RateMeter(std::chrono::milliseconds sample, std::chrono::milliseconds window)
    : window_(window), least_gap_(RouterClock::duration(sample) / 2) {
  if (sample.count() <= 0 || window < sample) {
    throw std::invalid_argument("a rate needs 0 < sample <= window");
  }
  ring_.resize(ring_size(least_gap_, window_));
}

void RateMeter::add(TimePoint now, std::uint64_t total_bytes) {
  if (count_ == 0) {
    last_time_ = now;
    last_total_ = total_bytes;
    keep({now, 0});
    return;
  }
  if (now < last_time_) return;
  if (total_bytes > last_total_) bytes_ += total_bytes - last_total_;
  last_total_ = total_bytes;
  last_time_ = now;
  forget_before_window(now);
  const Sample newest{now, bytes_};
  rate_ = average(newest);
  if (now - kept(count_ - 1).time >= least_gap_) keep(newest);
}

void RateMeter::keep(const Sample& sample) noexcept {
  ring_[(oldest_ + count_) % ring_.size()] = sample;
  ++count_;
}

void RateMeter::forget_before_window(TimePoint now) noexcept {
  while (count_ > 1 && kept(1).time <= now - window_) {
    oldest_ = (oldest_ + 1) % ring_.size();
    --count_;
  }
}

BitsPerSecond RateMeter::average(const Sample& newest) const noexcept {
  constexpr Wide kBitNanosecondsPerByteSecond = 8u * Wide{1'000'000'000u};
  const auto span = std::max(newest.time - kept(0).time, window_);
  const auto bits = (newest.bytes - kept(0).bytes) * kBitNanosecondsPerByteSecond /
                    static_cast<Wide>(span.count());
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  return {bits > kMost ? kMost : static_cast<std::uint64_t>(bits)};
}

}  // namespace spillway
