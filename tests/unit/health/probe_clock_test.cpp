#include "control/health/probe_clock.h"

#include <gtest/gtest.h>

#include "control/health/probe_track.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

/// A router that looks each millisecond, with a worker that may stand still.
struct Router {
  void run(std::chrono::milliseconds time, bool worker_moves = true) {
    for (const TimePoint end = now + time; now < end;) {
      now += 1ms;
      iterations += worker_moves;
      clock.advance(now, iterations);
    }
  }
  RouterClock::duration time() const { return clock.at(now).time_since_epoch(); }

  ProbeClock clock;
  TimePoint now;
  std::uint64_t iterations = 0;
};

TEST(ProbeClock, GoesAsTheRoutersOwnWhileThatRuns) {
  Router router;
  router.run(5s);
  EXPECT_EQ(router.time(), 5s);
}

TEST(ProbeClock, R33_StandsStillWithTheWorker) {
  Router router;
  router.run(1s);
  router.run(500ms, false);
  EXPECT_EQ(router.time(), 1s + ProbeClock::kPatience);
  router.run(1s);
  EXPECT_EQ(router.time(), 2s + ProbeClock::kPatience);
}

TEST(ProbeClock, R33_StandsStillWithTheControlCore) {
  Router router;
  router.run(1s);
  router.now += 700ms;
  router.run(1ms);
  EXPECT_LE(router.time(), 1s + 1ms);
}

TEST(ProbeClock, IsNotSlowedByAWorkerThatIsOnlyBusy) {
  Router router;
  for (int i = 0; i < 100; ++i) {
    router.run(ProbeClock::kPatience - 1ms, false);
    router.run(1ms);
  }
  EXPECT_EQ(router.time(), 100 * ProbeClock::kPatience);
}

TEST(ProbeClock, R33_AnAnswerThatWaitedForTheRouterIsInTime) {
  Router router;
  ProbeTrack track({100ms, 200ms, 3, 3});
  router.run(1s);
  const std::uint16_t sequence = track.send(router.clock.at(router.now));
  router.now += 2s;
  router.run(1ms);
  EXPECT_TRUE(track.answer(router.clock.at(router.now), sequence));
}

}  // namespace
}  // namespace spillway
