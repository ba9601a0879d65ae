#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dataplane/clock.h"

namespace spillway {

/// How many more connections an uplink may take before the next sample without being expected to
/// exceed its limit (R32). A rate averaged over a window shows a new connection only bit by bit:
/// one of age a < window contributes a / window of its rate. The rest is reserved here.
///
/// All loads are shares of the limit. With, at each sample, n_k connections placed in the step k
/// that ended a_k ago and lasted d_k:
///
///   hidden_k  = max(0, 1 - a_k / window)              share of its rate not measured yet
///   visible_k = min(1, (a_k + d_k / 2) / window)      share measured (placed evenly in the step)
///   usual     : placements per second, EWMA of n/d with gain d / (8 * window)
///   estimate  : load of a connection, EWMA with gain 1/8 of  load / sum(n_k * visible_k),
///               at each sample with a placement in the window; it starts at 1/64 and is kept
///               within 1/65536 .. 1/8, so that neither a long download beside few new
///               connections nor a burst of empty ones can make it absurd
///   reserved  = estimate * max(0, sum((n_k - usual * d_k) * hidden_k))
///   headroom  = floor((15/16 - load - reserved) / estimate), at least 0
///
/// Placements at the usual pace reserve nothing: they replace connections that end, whose rate the
/// window still shows. A sixteenth is kept free, so that an uplink which takes as much as it may is
/// not pushed over its limit by the noise of its traffic. Nobody starves: an idle uplink has
/// headroom for seven connections at least.
///
/// The estimate is the load that a connection adds while it is placed, all that goes on being laid
/// to the latest ones: too much for connections that last long. That errs on the safe side. An
/// uplink with too high an estimate fills more slowly and up to 1 - 1/16 - 1/8 at least; one with
/// too low an estimate would swing between too many and none (docs/steering.md).
/// No allocation after construction, O(window / sample) per sample. Thread contract: value type.
class Reservation {
 public:
  /// Throws std::invalid_argument unless 0 < sample <= window.
  Reservation(std::chrono::milliseconds sample, std::chrono::milliseconds window);

  /// Takes the load as a share of the limit, and the number of connections placed on the uplink
  /// since the start; the first call only sets the reference.
  void observe(TimePoint now, double load, std::uint64_t placed_total);

  /// Connections; less than kUnlimitedHeadroom.
  std::uint32_t headroom() const noexcept;
  double estimate() const noexcept { return estimate_; }
  double reserved() const noexcept { return reserved_; }

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

  double window_;  ///< seconds
  std::vector<Step> ring_;
  std::size_t newest_ = 0;
  bool started_ = false;
  TimePoint last_time_;
  std::uint64_t last_placed_ = 0;
  double load_ = 0;
  double usual_ = 0;  ///< placements per second
  double estimate_;   ///< of a connection
  double reserved_ = 0;
};

}  // namespace spillway
