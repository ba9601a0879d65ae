#include "control/router/idle_wait.h"

#include <algorithm>

namespace spillway {

IdleWait::Wait IdleWait::after(std::uint32_t done) noexcept {
  if (done > 0) {
    empty_ = 0;
    waits_ = 0;
    next_ = kShortest;
    return {};
  }
  if (empty_ < kPatience) {
    ++empty_;
    return {};
  }
  if (idle_ == config::Idle::poll) return {How::yield, {}};
  const Duration most = idle_ == config::Idle::pause ? kLongestPause : kLongestSleep;
  const Duration now = next_;
  if (++waits_ == kOfEach) {
    waits_ = 0;
    next_ = std::min(2 * next_, most);
  }
  return {now < kShortestSleep ? How::pause : How::sleep, now};
}

}  // namespace spillway
