#pragma once
// From capture time to router time: scaled, never backwards, without the gaps that change nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/clock.h"

namespace spillway::replay {

/// Router time starts at 0 with the first packet. Thread contract: one thread.
class Timeline {
 public:
  /// `scale` 2: the capture plays twice as fast. A pause of more than `longest_gap` of router time
  /// is shortened to that.
  Timeline(double scale, RouterClock::duration longest_gap)
      : scale_(scale), longest_gap_(longest_gap) {}

  /// Router time of a packet captured at `capture_ns`; calls in the order of the file.
  TimePoint at(std::int64_t capture_ns) noexcept;

  /// The capture begins again: its next packet comes at the time of the last one.
  void begin_again() noexcept { last_capture_.reset(); }

  /// What had to be changed, for the report.
  std::vector<std::string> warnings() const;

 private:
  double scale_;
  RouterClock::duration longest_gap_;
  std::optional<std::int64_t> last_capture_;
  TimePoint now_{};
  double remainder_ns_ = 0;  ///< below one nanosecond, so that scaling does not drift
  std::uint64_t backwards_ = 0;
  std::int64_t furthest_back_ns_ = 0;
  std::uint64_t shortened_ = 0;
  double cut_seconds_ = 0;
};

}  // namespace spillway::replay
