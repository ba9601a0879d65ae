#include "control/health/probe_clock.h"

#include <utility>

namespace spillway {

void ProbeClock::advance(TimePoint now, std::uint64_t rounds) noexcept {
  if (std::exchange(rounds_, rounds) != rounds) moved_ = now;
  const RouterClock::duration step = now - std::exchange(last_, now);
  if (step > kPatience || now - moved_ > kPatience) lost_ += step;
}

}  // namespace spillway
