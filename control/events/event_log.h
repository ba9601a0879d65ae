#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

#include "control/events/event.h"

namespace spillway {

/// The last events, and who wants to hear of each. Thread contract: control only.
class EventLog {
 public:
  static constexpr std::size_t kKept = 1000;

  using Listener = std::function<void(const Event&)>;
  using WallClock = std::function<std::int64_t()>;  ///< milliseconds since 1970

  explicit EventLog(WallClock wall) : wall_(std::move(wall)) {}

  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }
  /// Numbers, dates and keeps it, then tells the listeners in their order.
  void add(TimePoint now, Event event);

  /// The last `most` of them, oldest first.
  std::vector<Event> last(std::size_t most) const;
  std::uint64_t count() const noexcept { return count_; }

 private:
  WallClock wall_;
  std::vector<Listener> listeners_;
  std::deque<Event> events_;
  std::uint64_t count_ = 0;
};

/// Milliseconds since 1970 by the machine's clock, which may jump.
std::int64_t wall_clock_ms();

}  // namespace spillway
