#include "control/router/stall_watch.h"

namespace spillway {

std::vector<StallWatch::Notice> StallWatch::observe(TimePoint now,
                                                    std::span<const std::uint64_t> iterations) {
  std::vector<Notice> notices;
  for (std::size_t i = seen_.size(); i < iterations.size(); ++i)
    seen_.push_back({iterations[i], now, false});
  for (std::size_t i = 0; i < iterations.size(); ++i) {
    Seen& worker = seen_[i];
    const auto stood = now - worker.moved;
    if (iterations[i] != worker.iterations) {
      if (worker.stalled) notices.push_back({i, false, stood});
      worker = {iterations[i], now, false};
    } else if (stood >= kPatience && !worker.stalled) {
      worker.stalled = true;
      notices.push_back({i, true, stood});
    }
  }
  return notices;
}

}  // namespace spillway
