#pragma once
// What became of the probes to one target: who answered, how fast, how many in a row did not.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "control/config/health_settings.h"
#include "dataplane/clock.h"

namespace spillway {

/// Over the last probes that are decided.
struct ProbeQuality {
  std::size_t probes = 0;
  double loss = 0;                 ///< 0..1
  RouterClock::duration rtt{};     ///< mean of the answered ones
  RouterClock::duration jitter{};  ///< mean difference between answers that follow each other
};

/// Pure. Thread contract: value type, one thread.
class ProbeTrack {
 public:
  enum class Verdict : std::uint8_t { unknown, good, failed };

  static constexpr std::size_t kWindow = 50;  ///< probes that the quality looks back on

  explicit ProbeTrack(const config::ProbePace& pace) : pace_(pace) {}

  const config::ProbePace& pace() const noexcept { return pace_; }

  /// When the next probe is to be sent.
  TimePoint due() const noexcept { return due_; }
  /// Whether the last probe that is decided was missed.
  bool missing() const noexcept { return missed_in_row_ > 0; }
  /// Registers a probe; its sequence number.
  std::uint16_t send(TimePoint now);
  /// An answer that names no probe, as ARP's: it counts for the oldest that waits.
  bool answer_oldest(TimePoint now);
  /// An answer to `sequence`. False when nothing was asked by it any more: late, or twice.
  bool answer(TimePoint now, std::uint16_t sequence);
  /// Counts as missed what has timed out.
  void expire(TimePoint now);

  Verdict verdict() const noexcept { return verdict_; }
  ProbeQuality quality() const;
  std::uint64_t sent() const noexcept { return sent_; }
  std::uint64_t answered() const noexcept { return answered_; }
  /// When the last answer came; nothing before the first.
  std::optional<TimePoint> last_answer() const noexcept { return last_answer_; }
  /// When the first of the probes was sent that have been missed in a row; nothing when none has.
  std::optional<TimePoint> silent_since() const noexcept { return silent_since_; }

 private:
  struct Waiting {
    std::uint16_t sequence = 0;
    TimePoint sent;
  };
  /// Until the next probe. A target that has failed is not hurried any more.
  RouterClock::duration pause() const noexcept;
  void decide(std::optional<RouterClock::duration> rtt, TimePoint sent);

  config::ProbePace pace_;
  TimePoint due_;
  std::uint16_t next_ = 0;
  std::deque<Waiting> waiting_;  ///< oldest first; bounded by timeout over interval
  std::deque<std::optional<RouterClock::duration>> window_;
  unsigned missed_in_row_ = 0;
  unsigned answered_in_row_ = 0;
  Verdict verdict_ = Verdict::unknown;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  std::optional<TimePoint> last_answer_;
  std::optional<TimePoint> silent_since_;
};

}  // namespace spillway
