#include "control/health/probe_track.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Verdict = ProbeTrack::Verdict;

constexpr config::ProbePace kPace{200ms, 150ms, 3, 2, 200ms};

/// A target that can be made to answer, each probe after `rtt`, or not at all.
struct Target {
  explicit Target(const config::ProbePace& pace = kPace) : track(pace) {}

  /// Goes on until the next probe is sent; answers it if `answers`.
  void probe(bool answers, std::chrono::milliseconds rtt = 20ms) {
    now = std::max(now, track.due());
    track.expire(now);
    const std::uint16_t sequence = track.send(now);
    if (!answers) return;
    EXPECT_TRUE(track.answer(now + rtt, sequence));
    now += rtt;
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    track.expire(now);
  }

  ProbeTrack track;
  TimePoint now{1s};
};

TEST(ProbeTrack, R33_FailsAfterItsMissesAndComesBackAfterItsReplies) {
  Target t;
  t.probe(true);
  EXPECT_EQ(t.track.verdict(), Verdict::good);
  t.probe(false);
  t.probe(false);
  t.pass(150ms);
  EXPECT_EQ(t.track.verdict(), Verdict::good) << "two misses";
  t.probe(false);
  EXPECT_EQ(t.track.verdict(), Verdict::good) << "the third is still under way";
  t.pass(150ms);
  EXPECT_EQ(t.track.verdict(), Verdict::failed);
  t.probe(true);
  EXPECT_EQ(t.track.verdict(), Verdict::failed) << "one reply";
  t.probe(true);
  EXPECT_EQ(t.track.verdict(), Verdict::good);
}

TEST(ProbeTrack, R33_ASingleReplyStartsTheCountAnew) {
  Target t;
  t.probe(true);
  for (int i = 0; i < 10; ++i) {
    t.probe(false);
    t.probe(false);
    t.probe(true);
  }
  EXPECT_EQ(t.track.verdict(), Verdict::good);
  EXPECT_NEAR(t.track.quality().loss, 20.0 / 31, 0.001);
}

TEST(ProbeTrack, NothingIsKnownBeforeTheFirstDecision) {
  Target t;
  EXPECT_EQ(t.track.verdict(), Verdict::unknown);
  t.probe(false);
  EXPECT_EQ(t.track.verdict(), Verdict::unknown);
  t.probe(true);
  EXPECT_EQ(t.track.verdict(), Verdict::good) << "there is no failure to outlast";
}

TEST(ProbeTrack, R34_LateAndRepeatedAnswersDoNotCount) {
  Target t;
  const std::uint16_t sequence = t.track.send(t.now);
  EXPECT_FALSE(t.track.answer(t.now + 150ms, sequence)) << "at the timeout";
  const std::uint16_t second = t.track.send(t.now + 200ms);
  EXPECT_FALSE(t.track.answer(t.now + 210ms, sequence)) << "the first again";
  EXPECT_TRUE(t.track.answer(t.now + 210ms, second));
  EXPECT_FALSE(t.track.answer(t.now + 211ms, second)) << "twice";
  EXPECT_FALSE(t.track.answer(t.now + 211ms, 999));
}

TEST(ProbeTrack, AnswersMayOvertakeEachOther) {
  ProbeTrack track({10ms, 100ms, 3, 1});
  const TimePoint start{1s};
  const std::uint16_t first = track.send(start);
  const std::uint16_t second = track.send(start + 10ms);
  EXPECT_TRUE(track.answer(start + 20ms, second));
  EXPECT_TRUE(track.answer(start + 30ms, first));
  EXPECT_EQ(track.quality().loss, 0);
}

TEST(ProbeTrack, AnswersWithoutANumberGoInOrder) {
  ProbeTrack track({10ms, 100ms, 3, 1});
  const TimePoint start{1s};
  EXPECT_FALSE(track.answer_oldest(start)) << "nothing was asked";
  track.send(start);
  track.send(start + 10ms);
  EXPECT_TRUE(track.answer_oldest(start + 20ms));
  EXPECT_TRUE(track.answer_oldest(start + 30ms));
  EXPECT_FALSE(track.answer_oldest(start + 30ms));
  EXPECT_EQ(track.quality().rtt, 20ms);
}

TEST(ProbeTrack, QualityIsThatOfTheLastProbes) {
  Target t;
  for (std::size_t i = 0; i < 2 * ProbeTrack::kWindow; ++i) t.probe(false);
  t.pass(150ms);
  EXPECT_EQ(t.track.quality().loss, 1.0);
  for (std::size_t i = 0; i < ProbeTrack::kWindow; ++i) t.probe(true, i % 2 == 0 ? 10ms : 30ms);
  const ProbeQuality q = t.track.quality();
  EXPECT_EQ(q.probes, ProbeTrack::kWindow);
  EXPECT_EQ(q.loss, 0.0);
  EXPECT_EQ(q.rtt, 20ms);
  EXPECT_EQ(q.jitter, 20ms);
}

TEST(ProbeTrack, TheNextProbeIsDueAnIntervalAfterThePlannedMoment) {
  ProbeTrack track(kPace);
  track.send(TimePoint(1s));
  const TimePoint due = track.due();
  track.send(due + 5ms);
  EXPECT_EQ(track.due(), due + 200ms) << "a little late: the pace holds";
  track.send(TimePoint(100s));
  EXPECT_GE(track.due(), TimePoint(100s) + 100ms) << "a stall is not made up for by a burst";
}

TEST(ProbeTrack, R33_AMissIsFollowedByRetriesUntilTheTargetHasFailed) {
  Target t({500ms, 400ms, 3, 2, 50ms});
  t.probe(true);
  t.probe(false);
  const TimePoint sent = t.now;
  t.pass(400ms);
  EXPECT_EQ(t.track.due(), sent + 450ms) << "a retry after the miss";
  t.probe(false);
  EXPECT_EQ(t.track.due(), sent + 500ms);
  t.probe(false);
  t.pass(400ms);
  EXPECT_EQ(t.track.verdict(), Verdict::failed);
  t.probe(false);
  t.probe(false);
  EXPECT_EQ(t.track.due(), t.now + 500ms) << "a dead one is not hurried";
}

TEST(ProbeTrack, R33_AnAnswerEndsTheRetries) {
  Target t({500ms, 400ms, 3, 2, 50ms});
  t.probe(false);
  t.pass(400ms);
  t.probe(true);
  t.probe(true);
  EXPECT_EQ(t.track.due(), t.now - 20ms + 500ms);
}

/// The promise of the documentation: a silence is noticed within ProbePace::detection.
RC_GTEST_PROP(ProbeTrack, R33_SilenceIsNoticedInTime, ()) {
  config::ProbePace pace;
  pace.interval = std::chrono::milliseconds(*rc::gen::inRange(10, 500));
  pace.timeout = std::chrono::milliseconds(*rc::gen::inRange(10, 1000));
  pace.misses = *rc::gen::inRange(1u, 6u);
  pace.retry = std::chrono::milliseconds(*rc::gen::inRange(10, 500));
  ProbeTrack track(pace);
  const auto answers_for = std::chrono::milliseconds(*rc::gen::inRange(1000, 4000));
  TimePoint now{0s};
  for (; now.time_since_epoch() < answers_for; now += 1ms) {
    track.expire(now);
    if (now >= track.due()) track.answer(now, track.send(now));
  }
  RC_ASSERT(track.verdict() == Verdict::good);
  const TimePoint fault = now;
  while (track.verdict() == Verdict::good && now - fault < 20s) {
    track.expire(now);
    if (now >= track.due()) track.send(now);
    now += 1ms;
  }
  RC_ASSERT(now - fault <= pace.detection() + 2ms);
}

}  // namespace
}  // namespace spillway
