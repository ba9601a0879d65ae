#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/balance/balancer.h"
#include "control/balance/plan.h"
#include "control/balance/uplink_choice.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using config::Config;
using config::RateLimit;
using config::Traffic;
using config::Trigger;

constexpr std::uint64_t kMega = 1'000'000;

Config uplinks(std::size_t n) {
  Config c;
  c.balance.mode = BalanceMode::bandwidth;
  c.balance.reserve = false;
  for (std::size_t i = 0; i < n; ++i) {
    config::Uplink u;
    u.name = "ISP_" + std::to_string(i + 1);
    u.distance = static_cast<unsigned>(i + 1);
    c.uplinks.push_back(u);
  }
  return c;
}

config::Monitor monitor(const char* name, Trigger trigger, std::uint64_t threshold,
                        const char* to) {
  config::Monitor m;
  m.name = name;
  m.interface = "ISP_1";
  m.trigger = trigger;
  m.threshold = RateLimit::both({threshold});
  m.on_event = to;
  return m;
}

Config talk() {
  Config c = uplinks(2);
  c.monitors = {monitor("LB1", Trigger::above, 5242880, "ISP_2"),
                monitor("LB2", Trigger::below, 5242880, "ISP_1")};
  return c;
}

Config with_thresholds(std::size_t n, std::uint64_t spill, std::uint64_t back) {
  Config c = uplinks(n);
  for (auto& u : c.uplinks)
    u.threshold =
        config::Threshold{Traffic::received, RateLimit::both({spill}), RateLimit::both({back})};
  return c;
}

/// Feeds constant rates, one sample after the other.
class Bed {
 public:
  explicit Bed(const Config& config)
      : config_(config),
        balancer_(config_, cell_),
        bytes_(config.uplinks.size()),
        placed_(config.uplinks.size()) {}

  std::vector<SwitchRecord> run(std::chrono::milliseconds time,
                                const std::vector<std::uint64_t>& rx) {
    std::vector<SwitchRecord> switches;
    for (auto t = 0ms; t < time; t += config_.balance.sample) {
      now_ += config_.balance.sample;
      for (std::size_t i = 0; i < rx.size(); ++i)
        bytes_[i].rx +=
            rx[i] / 8 * static_cast<std::uint64_t>(config_.balance.sample.count()) / 1000;
      if (auto s = balancer_.sample(now_, bytes_, placed_)) switches.push_back(*s);
      check_published();
    }
    return switches;
  }
  void place(std::size_t uplink, std::uint64_t n) { placed_[uplink] += n; }
  UplinkId active() const { return balancer_.word().active; }
  Balancer& balancer() { return balancer_; }
  const ActiveCell& cell() const { return cell_; }
  TimePoint now() const { return now_; }

 private:
  void check_published() {
    EXPECT_EQ(cell_.load(), balancer_.word());
    EXPECT_TRUE(active() == UplinkId::none || balancer_.word().usable.contains(active()));
  }

  Config config_;
  ActiveCell cell_;
  Balancer balancer_;
  std::vector<PortBytes> bytes_;
  std::vector<std::uint64_t> placed_;
  TimePoint now_{};
};

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);
constexpr UplinkId kIsp3 = uplink_id(2);

TEST(Balancer, R30_TheTalk) {
  Bed bed(talk());
  EXPECT_EQ(bed.active(), kIsp1);
  EXPECT_TRUE(bed.run(3s, {5 * kMega, 0}).empty());
  const auto up = bed.run(3s, {6 * kMega, 0});
  ASSERT_EQ(up.size(), 1u);
  EXPECT_EQ(up[0].to, kIsp2);
  EXPECT_TRUE(up[0].cause.starts_with("LB1: ISP_1 received ")) << up[0].cause;
  EXPECT_TRUE(up[0].cause.ends_with(" bit/s above 5242880 bit/s")) << up[0].cause;
  EXPECT_GT(up[0].rates[0].rx.value, 5242880u);
  EXPECT_TRUE(bed.run(5s, {6 * kMega, 9 * kMega}).empty()) << "ISP_2 has no monitor";
  const auto down = bed.run(3s, {5 * kMega, 9 * kMega});
  ASSERT_EQ(down.size(), 1u);
  EXPECT_EQ(down[0].to, kIsp1);
  EXPECT_TRUE(down[0].cause.starts_with("LB2: ISP_1 received ")) << down[0].cause;
}

TEST(Balancer, R30_ReactsWithinTwoSamplesOfTheMeasuredCrossing) {
  Config c = talk();
  c.balance.window = c.balance.sample;
  Bed bed(c);
  bed.run(1s, {kMega, 0});
  EXPECT_EQ(bed.run(200ms, {20 * kMega, 0}).size(), 1u);
}

TEST(Balancer, R31_SpillsAlongTheOrderAndComesBackWithHysteresis) {
  Bed bed(with_thresholds(3, 10 * kMega, 8 * kMega));
  EXPECT_EQ(bed.run(3s, {11 * kMega, 0, 0}).at(0).to, kIsp2);
  EXPECT_EQ(bed.run(3s, {11 * kMega, 12 * kMega, 0}).at(0).to, kIsp3);
  EXPECT_TRUE(bed.run(3s, {9 * kMega, 9 * kMega, 0}).empty()) << "between the two thresholds";
  const auto back = bed.run(3s, {7 * kMega, 9 * kMega, 0});
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].to, kIsp1);
  EXPECT_NE(back[0].cause.find("below its return threshold"), std::string::npos) << back[0].cause;
}

TEST(Balancer, R31_ThatAllAreOverloadedIsSaidOnceAndThatItIsOverToo) {
  Bed bed(with_thresholds(3, 10 * kMega, 8 * kMega));
  bed.run(3s, {30 * kMega, 20 * kMega, 40 * kMega});
  const UplinkId active = bed.active();
  auto records = bed.balancer().take_records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].what, LoadRecord::What::all_overloaded);
  EXPECT_TRUE(records[0].text.starts_with(
      "all uplinks overloaded: each new connection goes to the least loaded one, now ISP_"))
      << records[0].text;
  for (const std::uint64_t more : {15u, 40u, 25u})
    EXPECT_TRUE(bed.run(3s, {30 * kMega, more * kMega, 40 * kMega}).empty())
        << "whichever carries least: workers choose for each connection";
  EXPECT_EQ(bed.active(), active);
  EXPECT_TRUE(bed.balancer().take_records().empty());
  bed.run(3s, {30 * kMega, 20 * kMega, 7 * kMega});
  EXPECT_EQ(bed.active(), kIsp3);
  records = bed.balancer().take_records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].what, LoadRecord::What::relieved);
  EXPECT_EQ(records[0].text, "no longer all uplinks overloaded: new connections go to ISP_3");
}

TEST(Balancer, R31_WhenAllAreOverloadedWorkersGetTheirSharesBeyondTheWhole) {
  Config c = with_thresholds(2, 10 * kMega, 8 * kMega);
  for (const bool reserve : {true, false}) {
    c.balance.reserve = reserve;
    Bed bed(c);
    bed.run(3s, {30 * kMega, 20 * kMega});
    EXPECT_NEAR(bed.cell().carried(kIsp1), 3 * kFullLoad, kFullLoad / 100) << reserve;
    EXPECT_NEAR(bed.cell().carried(kIsp2), 2 * kFullLoad, kFullLoad / 100) << reserve;
    EXPECT_GT(bed.cell().cost(kIsp1), 0u) << reserve;
    EXPECT_EQ(bed.cell().load().overloaded, UplinkSet(0b11));
  }
}

TEST(Balancer, AmongOverloadedOnesAFailureTakesTheLeastLoaded) {
  Bed bed(with_thresholds(3, 10 * kMega, 8 * kMega));
  bed.run(3s, {30 * kMega, 20 * kMega, 40 * kMega});
  const UplinkId dead = bed.active();
  UplinkSet usable = UplinkSet::first(3);
  usable.erase(dead);
  const auto down = bed.balancer().set_usable(bed.now(), usable, "down");
  ASSERT_TRUE(down);
  EXPECT_EQ(down->to, dead == kIsp2 ? kIsp1 : kIsp2);
  EXPECT_EQ(bed.balancer().set_usable(bed.now(), {}, "down")->to, UplinkId::none);
  EXPECT_EQ(bed.balancer().take_records().size(), 1u) << "the overload; its end was the failure";
}

TEST(Balancer, APostponedSwitchToAnUplinkWithoutThresholdsHasACause) {
  Config c = with_thresholds(3, 10 * kMega, 8 * kMega);
  c.uplinks[0].threshold.reset();
  c.balance.dwell = 5s;
  Bed bed(c);
  bed.balancer().set_usable(bed.now(), UplinkSet(0b110), "ISP_1 down");
  bed.balancer().set_usable(bed.now(), UplinkSet(0b111), "ISP_1 up");
  const auto switches = bed.run(8s, {0, 0, 20 * kMega});
  ASSERT_EQ(switches.size(), 1u);
  EXPECT_EQ(switches[0].to, kIsp1);
  EXPECT_EQ(switches[0].cause, "ISP_1 comes first of those that may take new connections");
}

TEST(Balancer, R31_DwellPostponesWhatLoadAsksForButNoFailure) {
  Config c = with_thresholds(2, 10 * kMega, 8 * kMega);
  c.balance.dwell = 5s;
  Bed bed(c);
  EXPECT_EQ(bed.run(2s, {20 * kMega, 0}).size(), 1u);
  EXPECT_TRUE(bed.run(2s, {kMega, 0}).empty());
  EXPECT_EQ(bed.run(3s, {kMega, 0}).size(), 1u);
  ASSERT_TRUE(bed.balancer().set_usable(bed.now(), UplinkSet(0b10), "ISP_1 down"));
  EXPECT_EQ(bed.active(), kIsp2);
}

TEST(Balancer, AFailureSwitchesAtOnceAndNothingUsableIsNone) {
  Bed bed(talk());
  const auto down = bed.balancer().set_usable(bed.now(), UplinkSet(0b10), "ISP_1 down");
  ASSERT_TRUE(down);
  EXPECT_EQ(down->to, kIsp2);
  EXPECT_EQ(down->cause, "ISP_1 down");
  EXPECT_EQ(bed.balancer().set_usable(bed.now(), {}, "ISP_2 down")->to, UplinkId::none);
  EXPECT_EQ(bed.balancer().set_usable(bed.now(), UplinkSet(0b10), "up")->to, kIsp2) << "R37";
  EXPECT_FALSE(bed.balancer().set_usable(bed.now(), UplinkSet(0b10), "up")) << "no change";
}

TEST(Balancer, LeastUsedPublishesLoadsAndFollowsThem) {
  Config c = uplinks(2);
  c.balance.mode = BalanceMode::least_used;
  for (auto& u : c.uplinks) u.capacity_rx = u.capacity_tx = BitsPerSecond{100 * kMega};
  c.uplinks[1].capacity_rx = BitsPerSecond{200 * kMega};
  Bed bed(c);
  EXPECT_TRUE(bed.run(3s, {50 * kMega, 50 * kMega}).empty()) << "spreading is no news";
  EXPECT_NEAR(bed.cell().carried(kIsp1), kFullLoad / 2, 20000);
  EXPECT_NEAR(bed.cell().carried(kIsp2), kFullLoad / 4, 20000);
  EXPECT_EQ(bed.active(), kIsp2);
  bed.run(3s, {10 * kMega, 150 * kMega});
  EXPECT_EQ(bed.active(), kIsp1);
  EXPECT_GT(bed.cell().cost(kIsp1), 0u);
  const auto down = bed.balancer().set_usable(bed.now(), UplinkSet(0b10), "ISP_1 down");
  ASSERT_TRUE(down) << "a failure is";
  EXPECT_EQ(down->to, kIsp2);
}

TEST(Balancer, WhatMonitorsSayIsKept) {
  Bed bed(talk());
  bed.run(3s, {6 * kMega, 0});
  const auto fired = bed.balancer().take_records();
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].what, LoadRecord::What::monitor_fired);
  EXPECT_EQ(fired[0].monitor, "LB1");
  EXPECT_EQ(fired[0].text.rfind("LB1: ISP_1 received ", 0), 0u);
  EXPECT_TRUE(bed.balancer().take_records().empty());
}

TEST(Balancer, OtherModesFollowTheDistance) {
  Config c = uplinks(3);
  c.balance.mode = BalanceMode::failover;
  c.uplinks[2].distance = 0;
  Bed bed(c);
  EXPECT_EQ(bed.active(), kIsp3);
  EXPECT_TRUE(bed.run(2s, {0, 0, 100 * kMega}).empty());
}

TEST(Balancer, DwellHoldsBackNothingWhereLoadDoesNotDecide) {
  Config c = uplinks(2);
  c.balance.mode = BalanceMode::failover;
  c.balance.dwell = 60s;
  Bed bed(c);
  EXPECT_EQ(bed.balancer().set_usable(bed.now(), UplinkSet(0b10), "ISP_1 down")->to, kIsp2);
  EXPECT_EQ(bed.balancer().set_usable(bed.now(), UplinkSet(0b11), "ISP_1 up")->to, kIsp1);
}

TEST(Balancer, AReloadThatPrefersAnotherUplinkIsFollowedInEveryMode) {
  Config c = uplinks(2);
  c.balance.mode = BalanceMode::failover;
  Bed bed(c);
  c.uplinks[1].distance = 0;
  ActiveCell cell;
  Balancer after(c, cell, bed.balancer());
  const std::vector<PortBytes> bytes(2);
  const std::vector<std::uint64_t> placed(2);
  const auto change = after.sample(TimePoint{1s}, bytes, placed);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->to, kIsp2);
  EXPECT_EQ(change->cause, "the configuration changed");
}

TEST(Balancer, R32_HeadroomShrinksWithWhatWasJustPlaced) {
  Config c = with_thresholds(2, 10 * kMega, 8 * kMega);
  c.balance.reserve = true;
  Bed bed(c);
  EXPECT_NE(bed.cell().headroom(kIsp1), kUnlimitedHeadroom) << "from the first moment";
  bed.run(3s, {kMega, 0});
  const std::uint32_t before = bed.cell().headroom(kIsp1);
  const std::uint32_t generation = bed.cell().load().generation;
  bed.place(0, 20);
  bed.run(100ms, {kMega, 0});
  EXPECT_LT(bed.cell().headroom(kIsp1), before);
  EXPECT_GT(bed.cell().carried(kIsp1), kFullLoad / 10) << "more than is measured";
  EXPECT_NE(bed.cell().load().generation, generation) << "workers must refill";
}

TEST(Balancer, R32_WhatWasLearntOutlivesAReload) {
  Config c = with_thresholds(2, 10 * kMega, 8 * kMega);
  c.balance.reserve = true;
  Bed bed(c);
  for (int i = 0; i < 50; ++i) {
    bed.place(0, 5);
    bed.run(100ms, {2 * kMega, 0});
  }
  const std::uint32_t headroom = bed.cell().headroom(kIsp1);
  const std::uint32_t cost = bed.cell().cost(kIsp1);
  ActiveCell cell;
  const Balancer after(c, cell, bed.balancer());
  EXPECT_EQ(cell.headroom(kIsp1), headroom);
  EXPECT_EQ(cell.cost(kIsp1), cost);
  c.uplinks[0].threshold->spill_above = RateLimit::both({20 * kMega});
  const Balancer other(c, cell, bed.balancer());
  EXPECT_NE(cell.cost(kIsp1), cost) << "of another limit it says nothing";
  c.balance.reserve = false;
  const Balancer without(c, cell, bed.balancer());
  EXPECT_EQ(cell.headroom(kIsp1), kUnlimitedHeadroom);
}

TEST(Balancer, R32_WithoutReserveHeadroomIsUnlimited) {
  Bed bed(with_thresholds(2, 10 * kMega, 8 * kMega));
  bed.place(0, 1000);
  bed.run(1s, {5 * kMega, 0});
  EXPECT_EQ(bed.cell().headroom(kIsp1), kUnlimitedHeadroom);
}

/// R31: at a constant load each uplink's state changes once at most, and then nothing does.
RC_GTEST_PROP(Balancer, R31_NoFlappingAtAConstantLoad, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 17);
  Config c = uplinks(n);
  std::vector<std::uint64_t> rx;
  for (auto& u : c.uplinks) {
    const auto spill = *rc::gen::inRange<std::uint64_t>(1, 100) * kMega;
    u.threshold =
        config::Threshold{Traffic::received, RateLimit::both({spill}),
                          RateLimit::both({spill * *rc::gen::inRange<std::uint64_t>(1, 11) / 10})};
    rx.push_back(*rc::gen::inRange<std::uint64_t>(0, 120) * kMega);
  }
  Bed bed(c);
  bed.run(3s, rx);
  RC_ASSERT(bed.run(10s, rx).empty());
}

RC_GTEST_PROP(Choice, IsUsableOrNone, ()) {
  std::vector<UplinkId> order;
  for (std::size_t i = 0; i < 6; ++i) order.push_back(uplink_id(i));
  std::vector<double> share(6, 0);
  for (double& s : share) s = *rc::gen::inRange(0, 300) / 100.0;
  ChoiceInput input;
  input.order = order;
  input.share = share;
  input.usable = UplinkSet(static_cast<std::uint16_t>(*rc::gen::inRange(0, 64)));
  input.overloaded = UplinkSet(static_cast<std::uint16_t>(*rc::gen::inRange(0, 64)));
  input.requested = *rc::gen::element(UplinkId::none, kIsp1, kIsp3);
  input.current = *rc::gen::element(UplinkId::none, kIsp1, kIsp2);
  const UplinkId chosen = choose_uplink(input);
  if (input.usable.empty()) {
    RC_ASSERT(chosen == UplinkId::none);
  } else {
    RC_ASSERT(input.usable.contains(chosen));
    if (!all_overloaded(input.usable, input.overloaded))
      RC_ASSERT(!input.overloaded.contains(chosen));
  }
}

TEST(Plan, OrderAndDistance) {
  Config c = uplinks(3);
  c.uplinks[0].distance = 9;
  c.balance.order = {"ISP_3"};
  const BalancePlan plan = make_balance_plan(c);
  EXPECT_EQ(plan.order[0], kIsp3);
  EXPECT_EQ(plan.order[1], kIsp2);
  EXPECT_EQ(plan.by_distance[2], kIsp1);
  c.balance.order = {"nobody"};
  EXPECT_THROW(make_balance_plan(c), std::invalid_argument);
}

}  // namespace
}  // namespace spillway
