#include "control/health/health_machine.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Reach = Evidence::Reach;

constexpr config::HoldDown kHold{1000ms, 8000ms, 60000ms};

Evidence good() {
  Evidence e;
  e.reach = Reach::reachable;
  return e;
}
Evidence bad() {
  Evidence e;
  e.reach = Reach::unreachable;
  e.reason = "gateway 1.1.1.1 does not answer ARP";
  return e;
}
Evidence cut() {
  Evidence e = good();
  e.link = false;
  return e;
}
Evidence poor() {
  Evidence e = good();
  e.poor = true;
  e.reason = "loses too much";
  return e;
}
Evidence silent() {
  return {};
}

struct Step {
  std::chrono::milliseconds after;  ///< the step before
  Evidence evidence;
  Health expected;
};

struct Story {
  const char* what;
  std::vector<Step> steps;
};

std::vector<Story> stories() {
  return {
      {"starts", {{0ms, silent(), Health::unknown}, {10ms, good(), Health::up}}},
      {"is bad from the start", {{0ms, silent(), Health::unknown}, {10ms, bad(), Health::down}}},
      {"loses its link at once and waits after it",
       {{0ms, good(), Health::up},
        {10ms, cut(), Health::down},
        {10ms, good(), Health::hold_down},
        {999ms, good(), Health::hold_down},
        {1ms, good(), Health::up}}},
      {"a link without an answer proves nothing",
       {{0ms, good(), Health::up}, {10ms, cut(), Health::down}, {10ms, silent(), Health::down}}},
      {"fails while held down: the wait starts anew",
       {{0ms, good(), Health::up},
        {10ms, bad(), Health::down},
        {10ms, good(), Health::hold_down},
        {500ms, bad(), Health::down},
        {10ms, good(), Health::hold_down},
        {999ms, good(), Health::hold_down},
        {1ms, good(), Health::up}}},
      {"is degraded and recovers",
       {{0ms, good(), Health::up}, {10ms, poor(), Health::degraded}, {10ms, good(), Health::up}}},
      {"fails out of degraded",
       {{0ms, poor(), Health::degraded},
        {10ms, bad(), Health::down},
        {9ms, poor(), Health::hold_down},
        {1000ms, poor(), Health::degraded}}},
      {"a failure before it ever served is held down too",
       {{0ms, bad(), Health::down},
        {5ms, good(), Health::hold_down},
        {1000ms, good(), Health::up}}},
      {"is asked anew after a reload, and is what it was until it answers",
       {{0ms, poor(), Health::degraded},
        {10ms, silent(), Health::degraded},
        {10ms, good(), Health::up},
        {10ms, silent(), Health::up},
        {10ms, bad(), Health::down},
        {10ms, good(), Health::hold_down},
        {1000ms, silent(), Health::hold_down},
        {10ms, good(), Health::up}}},
  };
}

TEST(HealthMachine, R33_Table) {
  for (const Story& story : stories()) {
    SCOPED_TRACE(story.what);
    HealthMachine machine(kHold);
    TimePoint now{10s};
    for (std::size_t i = 0; i < story.steps.size(); ++i) {
      now += story.steps[i].after;
      const Health before = machine.health();
      const auto change = machine.observe(now, story.steps[i].evidence);
      EXPECT_EQ(machine.health(), story.steps[i].expected) << "step " << i;
      EXPECT_EQ(change.has_value(), before != machine.health());
    }
  }
}

/// Fails and recovers once; how long it was held down.
RouterClock::duration flap(HealthMachine& machine, TimePoint& now) {
  machine.observe(now += 10ms, bad());
  machine.observe(now += 10ms, good());
  const TimePoint since = now;
  while (machine.health() == Health::hold_down) machine.observe(now += 10ms, good());
  return now - since;
}

TEST(HealthMachine, R33_TheHoldDownGrowsWhenItFlapsUpToAMost) {
  HealthMachine machine(kHold);
  TimePoint now{10s};
  machine.observe(now, good());
  for (const auto expected : {1000ms, 2000ms, 4000ms, 8000ms, 8000ms})
    EXPECT_EQ(flap(machine, now), expected);
}

TEST(HealthMachine, R33_CalmTimesTakeTheGrowthBack) {
  HealthMachine machine(kHold);
  TimePoint now{10s};
  machine.observe(now, good());
  for (int i = 0; i < 3; ++i) flap(machine, now);
  for (int i = 0; i < 121; ++i) machine.observe(now += 1s, good());
  EXPECT_EQ(flap(machine, now), 2000ms) << "three failures, two calm minutes, and one more";
}

TEST(HealthMachine, AnOperatorsWordStandsAboveAll) {
  HealthMachine machine(kHold);
  TimePoint now{10s};
  machine.observe(now, good());
  machine.set_admin(AdminState::disabled);
  EXPECT_EQ(machine.observe(now, good())->to, Health::admin_down);
  EXPECT_EQ(machine.observe(now, bad()), std::nullopt);
  machine.set_admin(AdminState::enabled);
  EXPECT_EQ(machine.observe(now, good())->to, Health::up) << "no failure: nothing to wait for";
  machine.set_admin(AdminState::drained);
  EXPECT_EQ(machine.observe(now, good())->to, Health::draining);
  EXPECT_EQ(machine.observe(now, bad())->to, Health::down) << "its connections must hear of it";
  machine.observe(now, good());
  EXPECT_EQ(machine.health(), Health::draining);
}

TEST(HealthMachine, ReasonsAreThoseOfTheEvidence) {
  HealthMachine machine(kHold);
  TimePoint now{10s};
  machine.observe(now, good());
  EXPECT_EQ(machine.observe(now, bad())->reason, "gateway 1.1.1.1 does not answer ARP");
  machine.observe(now, good());
  machine.observe(now + 1s, good());
  EXPECT_EQ(machine.observe(now + 1s, cut())->reason, "link lost");
  EXPECT_EQ(machine.observe(now + 2s, good())->reason, "answers again");
}

TEST(HealthMachine, R33_Tiers) {
  EXPECT_EQ(tier_of(Health::up), 0u);
  EXPECT_EQ(tier_of(Health::unknown), 0u);
  EXPECT_EQ(tier_of(Health::degraded), 1u);
  EXPECT_EQ(tier_of(Health::hold_down), 2u) << "R37: better than nothing";
  for (const Health h : {Health::down, Health::admin_down, Health::draining})
    EXPECT_EQ(tier_of(h), std::nullopt) << name_of(h);
}

/// No transition without a cause, and out of a failure no sooner than the hold-down allows.
RC_GTEST_PROP(HealthMachine, R33_AnyScheduleOfFaults, ()) {
  HealthMachine machine(kHold);
  TimePoint now{10s};
  TimePoint last_failure{0s};
  bool failed = false;
  for (int i = 0; i < 400; ++i) {
    now += std::chrono::milliseconds(*rc::gen::inRange(1, 1500));
    Evidence e;
    e.link = *rc::gen::weightedElement<bool>({{9, true}, {1, false}});
    e.reach = *rc::gen::element(Reach::unknown, Reach::reachable, Reach::unreachable);
    e.poor = *rc::gen::arbitrary<bool>();
    const bool wrong = !e.link || e.reach == Reach::unreachable;
    const Health before = machine.health();
    const auto change = machine.observe(now, e);
    if (wrong) RC_ASSERT(machine.health() == Health::down);
    if (wrong) {
      last_failure = now;
      failed = true;
    }
    if (!change) continue;
    RC_ASSERT(change->from == before && change->to == machine.health());
    if (failed && tier_of(change->to).value_or(2) < 2 && tier_of(before).value_or(2) == 2)
      RC_ASSERT(now - last_failure >= kHold.least);
  }
}

}  // namespace
}  // namespace spillway
