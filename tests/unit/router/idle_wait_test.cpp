#include "control/router/idle_wait.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

using config::Idle;
using How = IdleWait::How;

/// After the patience is over: the waits of the next `n` empty iterations.
std::vector<IdleWait::Wait> waits(IdleWait& idle, unsigned n) {
  std::vector<IdleWait::Wait> all;
  for (unsigned i = 0; i < n; ++i) all.push_back(idle.after(0));
  return all;
}

TEST(IdleWait, ABurstIsFollowedByPolling) {
  for (const Idle mode : {Idle::poll, Idle::pause, Idle::sleep}) {
    IdleWait idle(mode);
    for (const auto& wait : waits(idle, IdleWait::kPatience)) EXPECT_EQ(wait.how, How::poll_on);
    EXPECT_NE(idle.after(0).how, How::poll_on);
    EXPECT_EQ(idle.after(1).how, How::poll_on);
    EXPECT_EQ(idle.after(0).how, How::poll_on) << "patience again";
  }
}

TEST(IdleWait, PollingOnlyYields) {
  IdleWait idle(Idle::poll);
  waits(idle, IdleWait::kPatience);
  for (const auto& wait : waits(idle, 10000)) EXPECT_EQ(wait.how, How::yield);
}

TEST(IdleWait, PausesGrowAndNeverSleep) {
  IdleWait idle(Idle::pause);
  waits(idle, IdleWait::kPatience);
  IdleWait::Duration before{};
  for (const auto& wait : waits(idle, 10000)) {
    EXPECT_EQ(wait.how, How::pause);
    EXPECT_GE(wait.time, before);
    before = wait.time;
  }
  EXPECT_EQ(before, IdleWait::kLongestPause);
}

TEST(IdleWait, SleepComesAfterPausesAndIsBounded) {
  IdleWait idle(Idle::sleep);
  waits(idle, IdleWait::kPatience);
  const auto all = waits(idle, 10000);
  EXPECT_EQ(all.front().how, How::pause);
  EXPECT_EQ(all.back().how, How::sleep);
  EXPECT_EQ(all.back().time, IdleWait::kLongestSleep);
  for (const auto& wait : all)
    EXPECT_EQ(wait.how == How::sleep, wait.time >= IdleWait::kShortestSleep);
}

TEST(IdleWait, OnePacketEndsTheLongestSleep) {
  IdleWait idle(Idle::sleep);
  waits(idle, 10000);
  idle.after(1);
  waits(idle, IdleWait::kPatience);
  EXPECT_EQ(idle.after(0).time, IdleWait::kShortest);
}

}  // namespace
}  // namespace spillway
