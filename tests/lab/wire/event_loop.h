#pragma once
// Sleeps until a frame, a command, a frame's time or a signal to stop comes.

#include <array>
#include <optional>

#include "tests/lab/wire/direction.h"

namespace spillway::wire {

/// SIGTERM and SIGINT are blocked for the process and end the loop.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Wakes the loop when `fd` is readable.
  void watch(int fd) const;

  /// False when the process is to stop. `until`: when it shall wake at the latest.
  bool wait(std::optional<TimePoint> until);

 private:
  void arm(std::optional<TimePoint> until);

  int epoll_;
  int timer_;
  int signals_;
  std::optional<TimePoint> armed_;
};

}  // namespace spillway::wire
