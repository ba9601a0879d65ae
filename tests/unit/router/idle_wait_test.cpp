#include "control/router/idle_wait.h"

#include <gtest/gtest.h>

#include <algorithm>

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

/// A packet that comes then is late by a fourth of the silence at most.
TEST(IdleWait, NoWaitIsLongForItsSilence) {
  for (const Idle mode : {Idle::pause, Idle::sleep}) {
    IdleWait idle(mode);
    IdleWait::Duration silence{};
    for (const auto& wait : waits(idle, 10000)) {
      EXPECT_LE(wait.time, std::max(IdleWait::kShortest, silence / 4));
      silence += wait.time;
    }
  }
}

/// Two milliseconds between packets are spent asleep, for the most part.
TEST(IdleWait, ALittleToDoLeavesTheCpuToOthers) {
  IdleWait idle(Idle::sleep);
  IdleWait::Duration silence{};
  IdleWait::Duration asleep{};
  for (const auto& wait : waits(idle, 10000)) {
    if (silence >= std::chrono::milliseconds(2)) break;
    silence += wait.time;
    if (wait.how == How::sleep) asleep += wait.time;
  }
  EXPECT_GT(asleep, silence / 2);
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
