#include "control/health/probe_board.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Kind = ProbeOrder::Kind;
using Reach = Evidence::Reach;

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);
constexpr Ipv4Addr kGateway1 = Ipv4Addr::of(1, 1, 1, 1);
constexpr Ipv4Addr kGateway2 = Ipv4Addr::of(2, 2, 2, 1);
constexpr Ipv4Addr kTarget1 = Ipv4Addr::of(8, 8, 8, 8);
constexpr Ipv4Addr kTarget2 = Ipv4Addr::of(9, 9, 9, 9);
constexpr Ipv4Addr kTarget3 = Ipv4Addr::of(4, 4, 4, 4);

config::HealthSettings settings(std::vector<Ipv4Addr> targets = {}, unsigned quorum = 1) {
  config::HealthSettings s;
  s.ping = config::ProbePace{};
  s.targets.hosts = std::move(targets);
  s.targets.quorum = quorum;
  s.targets.pace = {200ms, 200ms, 3, 3};
  return s;
}

/// Two uplinks whose world answers but for what is broken.
struct World {
  explicit World(const config::HealthSettings& s)
      : board({{"ISP_1", kGateway1, s}, {"ISP_2", kGateway2, s}}) {}

  void pass(std::chrono::milliseconds time) {
    for (const TimePoint end = now + time; now < end; now += 10ms)
      for (const ProbeOrder& order : board.tick(now)) {
        if (order.uplink == kIsp1 && order.kind == Kind::arp) missed = order.missed;
        answer(order);
      }
  }
  void answer(const ProbeOrder& order) {
    if (broken(order)) return;
    if (order.kind == Kind::arp)
      board.arp_answered(now + rtt, order.uplink);
    else
      EXPECT_TRUE(board.echo_answered(now + rtt, order.uplink, order.target, order.sequence));
  }
  Reach reach(UplinkId id) const { return board.evidence(id).reach; }

  ProbeBoard board;
  TimePoint now{1s};
  std::chrono::milliseconds rtt{5};
  bool missed = false;  ///< as the last order for the first gateway says
  std::function<bool(const ProbeOrder&)> broken = [](const ProbeOrder&) { return false; };
};

TEST(ProbeBoard, R34_EveryUplinkIsProbedByEveryKind) {
  ProbeBoard board({{"ISP_1", kGateway1, settings({kTarget1})}, {"ISP_2", kGateway2, settings()}});
  std::multiset<std::pair<UplinkId, Kind>> orders;
  for (const ProbeOrder& order : board.tick(TimePoint(1s)))
    orders.emplace(order.uplink, order.kind);
  EXPECT_EQ(orders.count({kIsp1, Kind::arp}), 1u);
  EXPECT_EQ(orders.count({kIsp1, Kind::echo}), 2u);
  EXPECT_EQ(orders.count({kIsp2, Kind::arp}), 1u);
  EXPECT_EQ(orders.count({kIsp2, Kind::echo}), 1u);
  EXPECT_TRUE(board.tick(TimePoint(1s)).empty()) << "not before the interval is over";
}

TEST(ProbeBoard, R33_AfterAMissTheOrderSaysSo) {
  World world(settings());
  world.pass(1s);
  EXPECT_FALSE(world.missed);
  world.broken = [](const ProbeOrder& o) { return o.uplink == kIsp1; };
  world.pass(500ms);
  EXPECT_TRUE(world.missed);
  world.broken = [](const ProbeOrder&) { return false; };
  world.pass(500ms);
  EXPECT_FALSE(world.missed);
}

TEST(ProbeBoard, R33_AReloadForgetsNothingThatIsStillAsked) {
  World world(settings({kTarget1}));
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.uplink == kIsp1; };
  world.pass(2s);
  ASSERT_EQ(world.reach(kIsp1), Reach::unreachable);
  config::HealthSettings more = settings({kTarget1, kTarget2});
  ProbeBoard next({{"ISP_1", kGateway1, more}, {"ISP_2", kGateway2, more}});
  next.resume(world.board);
  EXPECT_EQ(next.evidence(kIsp1).reach, Reach::unreachable);
  EXPECT_EQ(next.evidence(kIsp2).reach, Reach::reachable);
  EXPECT_EQ(next.quality(kIsp2).probes, world.board.quality(kIsp2).probes);
  more.arp->interval = 100ms;
  more.ping.reset();
  more.targets.hosts = {kTarget2};
  ProbeBoard other({{"ISP_1", kGateway1, more}, {"ISP_2", kGateway2, more}});
  other.resume(world.board);
  EXPECT_EQ(other.evidence(kIsp1).reach, Reach::unknown) << "all of it is asked anew";
}

TEST(ProbeBoard, WhoIsNotProbedIsReachable) {
  config::HealthSettings none;
  none.arp.reset();
  const ProbeBoard board({{"ISP_1", kGateway1, none}});
  EXPECT_EQ(board.evidence(kIsp1).reach, Reach::reachable);
}

TEST(ProbeBoard, NothingIsKnownAtFirst) {
  World world(settings());
  EXPECT_EQ(world.reach(kIsp1), Reach::unknown);
  world.pass(100ms);
  EXPECT_EQ(world.reach(kIsp1), Reach::reachable);
}

TEST(ProbeBoard, R33_ASilentGatewayIsNoticedInTimeAndAlone) {
  World world(settings());
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.uplink == kIsp1; };
  world.pass(590ms);
  EXPECT_EQ(world.reach(kIsp1), Reach::reachable);
  world.pass(120ms);
  EXPECT_EQ(world.reach(kIsp1), Reach::unreachable)
      << "2 x 200 ms + 100 ms, and 200 ms for the last";
  EXPECT_EQ(world.board.evidence(kIsp1).reason, "gateway 1.1.1.1 does not answer ping");
  EXPECT_EQ(world.reach(kIsp2), Reach::reachable);
}

TEST(ProbeBoard, R33_AFaultBeyondTheGatewayIsNoticed) {
  World world(settings({kTarget1}));
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.uplink == kIsp1 && o.target == kTarget1; };
  world.pass(1s);
  EXPECT_EQ(world.reach(kIsp1), Reach::unreachable);
  EXPECT_EQ(world.board.evidence(kIsp1).reason,
            "only 0 of 1 target beyond the gateway answer, 1 must");
  EXPECT_EQ(world.reach(kIsp2), Reach::reachable);
}

TEST(ProbeBoard, R33_OneDeadTargetOfThreeTakesNothingDown) {
  World world(settings({kTarget1, kTarget2, kTarget3}, 2));
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.target == kTarget1; };
  world.pass(5s);
  EXPECT_EQ(world.reach(kIsp1), Reach::reachable);
  EXPECT_EQ(world.reach(kIsp2), Reach::reachable);
  world.broken = [](const ProbeOrder& o) {
    return o.uplink == kIsp1 && (o.target == kTarget1 || o.target == kTarget2);
  };
  world.pass(5s);
  EXPECT_EQ(world.reach(kIsp1), Reach::unreachable) << "two of three, by this uplink alone";
}

TEST(ProbeBoard, R33_TheFirstAnswersOfAFailedTargetChangeNothing) {
  World world(settings({kTarget1}));
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.uplink == kIsp1 && o.target == kTarget1; };
  world.pass(2s);
  ASSERT_EQ(world.reach(kIsp1), Reach::unreachable);
  world.broken = [](const ProbeOrder&) { return false; };
  world.pass(390ms);
  EXPECT_EQ(world.reach(kIsp1), Reach::unreachable) << "two answers";
  world.pass(220ms);
  EXPECT_EQ(world.reach(kIsp1), Reach::reachable);
}

TEST(ProbeBoard, R33_ATargetThatComesBackByEveryUplinkTakesNoneDown) {
  World world(settings({kTarget1}));
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.target == kTarget1; };
  world.pass(2s);
  world.broken = [](const ProbeOrder&) { return false; };
  for (int i = 0; i < 200; ++i) {
    world.pass(10ms);
    ASSERT_EQ(world.reach(kIsp1), Reach::reachable) << i;
    ASSERT_EQ(world.reach(kIsp2), Reach::reachable) << i;
  }
}

TEST(ProbeBoard, R33_ATargetThatFailsByEveryUplinkIsBlamedItself) {
  World world(settings({kTarget1}));
  world.pass(2s);
  world.broken = [](const ProbeOrder& o) { return o.target == kTarget1; };
  for (int i = 0; i < 500; ++i) {
    world.pass(10ms);
    ASSERT_EQ(world.reach(kIsp1), Reach::reachable) << "never, not even for a moment";
    ASSERT_EQ(world.reach(kIsp2), Reach::reachable);
  }
  for (const ProbeStatus& s : world.board.status()) EXPECT_EQ(s.blamed, !s.gateway);
}

TEST(ProbeBoard, R33_ATargetOfASingleUplinkCannotBeCompared) {
  ProbeBoard board({{"ISP_1", kGateway1, settings({kTarget1})}, {"ISP_2", kGateway2, settings()}});
  for (TimePoint now{1s}; now < TimePoint(3s); now += 10ms)
    for (const ProbeOrder& order : board.tick(now)) {
      if (order.kind == Kind::arp) board.arp_answered(now, order.uplink);
      if (order.target != kTarget1)
        board.echo_answered(now, order.uplink, order.target, order.sequence);
    }
  EXPECT_EQ(board.evidence(kIsp1).reach, Reach::unreachable);
}

TEST(ProbeBoard, R34_AnswersOfOthersAndByAnotherUplinkDoNotCount) {
  ProbeBoard board({{"ISP_1", kGateway1, settings()}, {"ISP_2", kGateway2, settings()}});
  for (const ProbeOrder& order : board.tick(TimePoint(1s))) {
    if (order.kind != Kind::echo || order.uplink != kIsp1) continue;
    const TimePoint now{1001ms};
    EXPECT_FALSE(board.echo_answered(now, kIsp1, kTarget1, order.sequence));
    EXPECT_FALSE(board.echo_answered(now, kIsp2, kGateway1, order.sequence));
    EXPECT_FALSE(board.echo_answered(now, kIsp1, kGateway1, 777));
    EXPECT_TRUE(board.echo_answered(now, kIsp1, kGateway1, order.sequence));
  }
}

TEST(ProbeBoard, LimitsOnQualityHaveHysteresis) {
  config::HealthSettings s = settings();
  s.limits.rtt = 100ms;
  World world(s);
  world.pass(5s);
  EXPECT_FALSE(world.board.evidence(kIsp1).poor);
  world.rtt = 110ms;
  world.pass(15s);
  EXPECT_TRUE(world.board.evidence(kIsp1).poor);
  EXPECT_EQ(world.reach(kIsp1), Reach::reachable);
  world.rtt = 90ms;
  world.pass(15s);
  EXPECT_TRUE(world.board.evidence(kIsp1).poor) << "not yet well below";
  world.rtt = 70ms;
  world.pass(15s);
  EXPECT_FALSE(world.board.evidence(kIsp1).poor);
}

TEST(ProbeBoard, LossIsALimitOfItsOwn) {
  config::HealthSettings s = settings({kTarget1});
  s.limits.loss = 0.2;
  s.targets.pace.misses = 10;
  World world(s);
  int n = 0;
  world.broken = [&n](const ProbeOrder& o) {
    return o.uplink == kIsp1 && o.target == kTarget1 && ++n % 5 < 2;
  };
  world.pass(15s);
  EXPECT_TRUE(world.board.evidence(kIsp1).poor);
  EXPECT_FALSE(world.board.evidence(kIsp2).poor);
  EXPECT_NEAR(world.board.quality(kIsp1).loss, 0.4, 0.05);
}

}  // namespace
}  // namespace spillway
