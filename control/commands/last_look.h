#pragma once

#include <optional>

#include "dataplane/clock.h"

namespace spillway {

/// What counters said when somebody looked last, so that the next look shows what has come since.
/// Thread contract: control only.
template <typename Counts>
class LastLook {
 public:
  struct Since {
    Counts counts{};     ///< at the last look; at the first one: all 0
    double seconds = 0;  ///< since then; at the first one: since the router's start

    /// Of a counter, by the second; 0 where no time has passed.
    double rate(std::uint64_t before, std::uint64_t now) const {
      return seconds > 0 && now > before ? static_cast<double>(now - before) / seconds : 0;
    }
  };

  Since look(TimePoint now, const Counts& counts) {
    Since since;
    if (last_) since.counts = *last_;
    since.seconds = std::chrono::duration<double>(now - time_).count();
    last_ = counts;
    time_ = now;
    return since;
  }

 private:
  std::optional<Counts> last_;
  TimePoint time_{};
};

}  // namespace spillway
