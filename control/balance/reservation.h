#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dataplane/clock.h"
#include "dataplane/units.h"

namespace spillway {

/// How many more connections an uplink may take before the next sample without being expected to
/// exceed a limit (R32). A rate averaged over a window shows a new connection only bit by bit: one
/// of age a < window contributes a / window of its rate. The rest is reserved here.
///
/// With, at each sample, n_k connections placed in the step k that ended a_k ago and lasted d_k:
///
///   hidden_k  = max(0, 1 - a_k / window)                 share of its rate not measured yet
///   visible_k = min(1, (a_k + d_k / 2) / window)         share measured (placed evenly in the
///   step) usual     : placements per second, EWMA of n/d with gain d / (8 * window) estimate  :
///   bit/s per connection, EWMA with gain 1/8 of  rate / sum(n_k * visible_k),
///               at each sample with a placement in the window; it starts at limit/64 and is kept
///               within limit/65536 .. limit/16, so that neither a long download beside few new
///               connections nor a burst of empty ones can make it absurd
///   reserved  = estimate * max(0, sum((n_k - usual * d_k) * hidden_k))        bit/s
///   headroom  = floor((limit - rate - reserved) / estimate), at least 1
///
/// Placements at the usual pace reserve nothing: they replace connections that end, whose rate the
/// window still shows. Floating point is exact enough here (53 bits; the result is an estimate)
/// and does not overflow at any 64-bit rate.
/// No allocation after construction, O(window / sample) per sample. Thread contract: value type.
class Reservation {
 public:
  /// Throws std::invalid_argument unless 0 < sample <= window and limit > 0.
  Reservation(BitsPerSecond limit, std::chrono::milliseconds sample,
              std::chrono::milliseconds window);

  /// Takes the rate that the limit applies to, and the number of connections placed on the uplink
  /// since the start; the first call only sets the reference.
  void observe(TimePoint now, BitsPerSecond rate, std::uint64_t placed_total);

  /// Connections; at least 1, less than kUnlimitedHeadroom.
  std::uint32_t headroom() const noexcept;
  BitsPerSecond estimate() const noexcept { return {static_cast<std::uint64_t>(estimate_)}; }
  BitsPerSecond reserved() const noexcept { return {static_cast<std::uint64_t>(reserved_)}; }

 private:
  struct Step {
    TimePoint end;
    double placed = 0;
    double seconds = 0;
  };
  struct Sums {
    double hidden = 0;          ///< sum(n_k * hidden_k)
    double hidden_seconds = 0;  ///< sum(d_k * hidden_k)
    double visible = 0;         ///< sum(n_k * visible_k)
  };

  void keep_step(TimePoint now, std::uint64_t placed_total);
  Sums sums(TimePoint now) const noexcept;
  void learn_estimate(double visible) noexcept;
  void learn_usual_pace(const Step& step) noexcept;

  double limit_;   ///< bit/s
  double window_;  ///< seconds
  std::vector<Step> ring_;
  std::size_t newest_ = 0;
  bool started_ = false;
  TimePoint last_time_;
  std::uint64_t last_placed_ = 0;
  double rate_ = 0;      ///< bit/s
  double usual_ = 0;     ///< placements per second
  double estimate_ = 0;  ///< bit/s per connection
  double reserved_ = 0;  ///< bit/s
};

}  // namespace spillway
