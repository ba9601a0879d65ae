#include "control/events/event_log.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace spillway {
namespace {

constexpr std::array<std::string_view, kEventKinds> kNames = {
    "start", "switch",   "health", "monitor", "overload", "failover", "failback",
    "link",  "conflict", "config", "hook",    "stall",    "trouble"};

}  // namespace

std::string_view name_of(EventKind kind) noexcept {
  return kNames[static_cast<std::size_t>(kind)];
}

void EventLog::add(TimePoint now, Event event) {
  event.number = ++count_;
  event.time = now;
  event.wall_ms = wall_();
  events_.push_back(std::move(event));
  if (events_.size() > kKept) events_.pop_front();
  // A copy: a listener may add an event of its own.
  const Event kept = events_.back();
  for (const Listener& listener : listeners_) listener(kept);
}

std::vector<Event> EventLog::last(std::size_t most) const {
  const std::size_t n = std::min(most, events_.size());
  return {events_.end() - static_cast<std::ptrdiff_t>(n), events_.end()};
}

std::int64_t wall_clock_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace spillway
