#include "control/health/failover.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/health/health_group.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using config::Failback;
using config::OnFailure;

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);

UplinkSet only(UplinkId id) {
  UplinkSet set;
  set.insert(id);
  return set;
}

config::FailurePolicy policy(OnFailure on_failure, Failback failback = Failback::stay) {
  config::FailurePolicy p;
  p.on_failure = on_failure;
  p.failback = failback;
  p.drain = 60s;
  return p;
}

struct Two {
  explicit Two(const config::FailurePolicy& p) : failover(p, {{kIsp1, kIsp2}}) {}

  std::vector<Eviction> step(Health first, Health second) {
    now += 1s;
    const std::vector health{first, second};
    return failover.decide(now, health, usable_of(health));
  }

  Failover failover;
  TimePoint now{100s};
};

TEST(Failover, R35_ADeadUplinksConnectionsEndOnceAndThoseAlone) {
  Two two(policy(OnFailure::reset));
  EXPECT_TRUE(two.step(Health::up, Health::up).empty());
  const auto orders = two.step(Health::down, Health::up);
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].uplinks, only(kIsp1));
  EXPECT_EQ(orders[0].why, Eviction::Why::died);
  EXPECT_TRUE(orders[0].tell_tcp);
  EXPECT_TRUE(two.step(Health::down, Health::up).empty());
  EXPECT_TRUE(two.step(Health::hold_down, Health::up).empty());
  EXPECT_TRUE(two.step(Health::down, Health::up).empty()) << "nobody was placed there meanwhile";
  EXPECT_TRUE(two.step(Health::up, Health::up).empty());
  EXPECT_EQ(two.step(Health::down, Health::up).size(), 1u) << "another outage";
}

TEST(Failover, R35_NothingEndsWhenNothingBetterIsUsable) {
  Two two(policy(OnFailure::reset));
  EXPECT_TRUE(two.step(Health::down, Health::down).empty());
  EXPECT_TRUE(two.step(Health::up, Health::down).size() == 1) << "now the second's can go";
  Two lucky(policy(OnFailure::reset));
  lucky.step(Health::down, Health::down);
  EXPECT_TRUE(lucky.step(Health::up, Health::up).empty()) << "both came back: nobody lost anything";
}

TEST(Failover, R35_R37_WhoServedAsALastResortIsEvictedToo) {
  Failover failover(policy(OnFailure::reset), {{kIsp1, kIsp2}});
  const auto step = [&](Health first, Health second) {
    const std::vector health{first, second};
    return failover.decide(TimePoint(1s), health, usable_of(health)).size();
  };
  EXPECT_EQ(step(Health::down, Health::up), 1u);
  EXPECT_EQ(step(Health::hold_down, Health::down), 1u) << "the second's flee to the first";
  EXPECT_EQ(step(Health::down, Health::up), 1u) << "and from there again";
}

TEST(Failover, R35_FlushAndKeep) {
  Two flush(policy(OnFailure::flush));
  ASSERT_EQ(flush.step(Health::down, Health::up).size(), 1u);
  Two again(policy(OnFailure::flush));
  EXPECT_FALSE(again.step(Health::down, Health::up)[0].tell_tcp);
  Two keep(policy(OnFailure::keep));
  EXPECT_TRUE(keep.step(Health::down, Health::up).empty());
}

TEST(Failover, R35_AnOperatorsDownCountsAsDeathADrainDoesNot) {
  Two two(policy(OnFailure::reset));
  EXPECT_TRUE(two.step(Health::draining, Health::up).empty());
  EXPECT_EQ(two.step(Health::admin_down, Health::up).size(), 1u);
}

TEST(Failover, R36_StayIsTheDefault) {
  EXPECT_EQ(config::FailurePolicy{}.failback, Failback::stay);
  Two two(policy(OnFailure::reset));
  two.step(Health::down, Health::up);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(two.step(Health::up, Health::up).empty());
}

TEST(Failover, R36_NowSendsHomeWhoFledAndNobodyElse) {
  Two two(policy(OnFailure::reset, Failback::now));
  two.step(Health::down, Health::up);
  const TimePoint died = two.now;
  EXPECT_TRUE(two.step(Health::hold_down, Health::up).empty()) << "not trusted yet";
  const auto orders = two.step(Health::up, Health::up);
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].why, Eviction::Why::came_back);
  EXPECT_EQ(orders[0].uplinks, only(kIsp2));
  EXPECT_EQ(orders[0].opened.from, died);
  EXPECT_EQ(orders[0].opened.to, two.now);
  EXPECT_TRUE(two.step(Health::up, Health::up).empty());
}

TEST(Failover, R36_WhoComesBackDegradedCallsNobodyHomeBeforeHeIsWell) {
  Two two(policy(OnFailure::reset, Failback::now));
  two.step(Health::down, Health::up);
  EXPECT_TRUE(two.step(Health::degraded, Health::up).empty()) << "new connections go elsewhere yet";
  EXPECT_EQ(two.step(Health::up, Health::up).size(), 1u);
}

TEST(Failover, R35_AnotherUplinkThatComesUpIsAWayOutForThoseWhomARuleBinds) {
  Failover failover(policy(OnFailure::reset), {{kIsp1, kIsp2, uplink_id(2)}});
  const auto step = [&](Health first, Health second, Health third) {
    const std::vector health{first, second, third};
    return failover.decide(TimePoint(1s), health, usable_of(health)).size();
  };
  EXPECT_EQ(step(Health::down, Health::up, Health::down), 2u) << "one order for each";
  EXPECT_EQ(step(Health::down, Health::up, Health::down), 0u);
  EXPECT_EQ(step(Health::down, Health::up, Health::up), 1u) << "for the first's";
  EXPECT_EQ(step(Health::down, Health::up, Health::down), 1u) << "for its own";
  EXPECT_EQ(step(Health::down, Health::up, Health::up), 0u) << "nothing new to the first's";
}

TEST(Failover, R36_TheReserveSendsNobodyHome) {
  Two two(policy(OnFailure::reset, Failback::now));
  EXPECT_EQ(two.step(Health::up, Health::down).size(), 1u);
  EXPECT_TRUE(two.step(Health::up, Health::up).empty()) << "nobody prefers it";
}

TEST(Failover, R36_WhereAHashDecidesEveryUplinkIsHomeToSome) {
  Failover failover(policy(OnFailure::reset, Failback::now), {{kIsp1, kIsp2}, false});
  const auto step = [&](TimePoint now, Health second) {
    const std::vector health{Health::up, second};
    return failover.decide(now, health, usable_of(health));
  };
  step(TimePoint(1s), Health::down);
  const auto orders = step(TimePoint(2s), Health::up);
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].cause, kIsp2);
  EXPECT_EQ(orders[0].uplinks, only(kIsp1));
}

TEST(Failover, R36_DrainWaitsItsTimeAndForgetsUponAnotherOutage) {
  Two two(policy(OnFailure::reset, Failback::drain));
  two.step(Health::down, Health::up);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(two.step(Health::up, Health::up).empty()) << i;
  EXPECT_EQ(two.step(Health::up, Health::up).size(), 1u);
  two.step(Health::down, Health::up);
  two.step(Health::up, Health::up);
  EXPECT_EQ(two.step(Health::down, Health::up).size(), 1u);
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(two.step(Health::down, Health::up).empty());
}

/// Under any schedule of faults: no connection of a healthy uplink is ordered to end by a death,
/// and none without a way out that it has not been offered yet in this outage.
RC_GTEST_PROP(Failover, R35_AnyScheduleOfFaults, ()) {
  constexpr std::size_t n = 4;
  const std::vector<config::HoldDown> holds(n);
  HealthGroup group(holds);
  Failover failover(policy(OnFailure::reset), {{kIsp1, kIsp2, uplink_id(2), uplink_id(3)}});
  std::array<UplinkSet, n> offered{};
  TimePoint now{10s};
  for (int step = 0; step < 300; ++step) {
    now += std::chrono::milliseconds(*rc::gen::inRange(1, 3000));
    std::vector<Evidence> evidence(n);
    for (Evidence& e : evidence) {
      e.link = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
      e.reach = Evidence::Reach::reachable;
    }
    group.observe(now, evidence);
    const std::vector<Health> health = group.health();
    const UplinkSet usable = group.usable();
    for (std::size_t i = 0; i < n; ++i)
      if (usable.contains(uplink_id(i))) offered[i] = {};
    for (const Eviction& order : failover.decide(now, health, usable)) {
      RC_ASSERT(order.uplinks.size() == 1);
      RC_ASSERT(health[index_of(order.cause)] == Health::down);
      UplinkSet& known = offered[index_of(order.cause)];
      RC_ASSERT(!(usable - order.uplinks - known).empty());
      known = known | usable;
    }
  }
}

}  // namespace
}  // namespace spillway
