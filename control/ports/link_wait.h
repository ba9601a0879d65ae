#pragma once
// The first seconds of cards that negotiate their links.

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/clock.h"

namespace spillway {

/// How the time passes: virtual in tests.
struct Patience {
  RouterClock::duration most;
  std::function<TimePoint()> now;
  std::function<void(RouterClock::duration)> nap;
};

/// Returns when every link is up, or when the patience is at its end: how long each took, nothing
/// for one that is still down. Thread contract: any.
std::vector<std::optional<RouterClock::duration>> wait_for_links(
    std::span<const std::function<bool()>> links, const Patience& patience);

}  // namespace spillway
