#include "control/router/stall_watch.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

using namespace std::chrono_literals;

class StallWatchTest : public ::testing::Test {
 protected:
  std::vector<StallWatch::Notice> at(std::chrono::milliseconds time,
                                     std::vector<std::uint64_t> iterations) {
    return watch_.observe(TimePoint(time), iterations);
  }
  StallWatch watch_;
};

TEST_F(StallWatchTest, R46_WorkersThatGoOnAreNoNews) {
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(at(i * 10ms, {std::uint64_t(i), std::uint64_t(i) * 7}).empty());
}

TEST_F(StallWatchTest, R46_StallIsToldWithin100MillisecondsAndOnce) {
  std::vector<StallWatch::Notice> all;
  std::chrono::milliseconds told{0};
  for (auto time = 0ms; time <= 500ms; time += 10ms) {
    for (const auto& notice : at(time, {std::uint64_t(time.count()), 5})) {
      all.push_back(notice);
      told = time;
    }
  }
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].worker, 1u);
  EXPECT_TRUE(all[0].stalled);
  EXPECT_LE(told, 100ms);
}

TEST_F(StallWatchTest, R46_EndOfAStallIsToldWithItsLength) {
  at(0ms, {1});
  EXPECT_EQ(at(80ms, {1}).size(), 1u);
  const auto end = at(230ms, {2});
  ASSERT_EQ(end.size(), 1u);
  EXPECT_FALSE(end[0].stalled);
  EXPECT_EQ(end[0].stood, 230ms);
  EXPECT_TRUE(at(240ms, {3}).empty());
  EXPECT_EQ(at(320ms, {3}).size(), 1u) << "the next stall is news again";
}

TEST_F(StallWatchTest, R46_ShortStandstillIsNoNews) {
  at(0ms, {1});
  EXPECT_TRUE(at(60ms, {1}).empty());
  EXPECT_TRUE(at(65ms, {2}).empty());
}

TEST_F(StallWatchTest, R46_WatcherThatWasAwayBlamesNobody) {
  at(0ms, {1});
  EXPECT_TRUE(at(5000ms, {9}).empty());
}

}  // namespace
}  // namespace spillway
