#include "tests/lab/wire/event_loop.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>

namespace spillway::wire {
namespace {

int made(int fd, const char* what) {
  if (fd < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  return fd;
}

int stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return made(signalfd(-1, &set, SFD_CLOEXEC), "signalfd");
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(made(epoll_create1(EPOLL_CLOEXEC), "epoll")),
      timer_(made(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd")),
      signals_(stop_signals()) {
  watch(timer_);
  watch(signals_);
}

EventLoop::~EventLoop() {
  close(signals_);
  close(timer_);
  close(epoll_);
}

void EventLoop::watch(int fd) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  made(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

bool EventLoop::wait(std::optional<TimePoint> until) {
  arm(until);
  std::array<epoll_event, 8> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
  for (int i = 0; i < count; ++i)
    if (events[static_cast<std::size_t>(i)].data.fd == signals_) return false;
  return true;
}

void EventLoop::arm(std::optional<TimePoint> until) {
  if (until == armed_ && !until) return;
  armed_ = until;
  itimerspec spec{};
  if (until) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    // Zero would disarm it; a time in the past wakes at once.
    const std::int64_t time = std::max<std::int64_t>(until->time_since_epoch().count(), 1);
    spec.it_value = {time / kSecond, time % kSecond};
  }
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &spec, nullptr);
}

}  // namespace spillway::wire
