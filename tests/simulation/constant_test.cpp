// No flapping: at a load that does not change nothing may switch (docs/steering.md).

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/simulation/study.h"

namespace spillway::simulation {
namespace {

constexpr double kCapacity = 100e6;

std::vector<double> uplinks(std::size_t n) {
  return std::vector<double>(n, kCapacity);
}

double between(int least, int most, double unit) {
  return *rc::gen::inRange(least, most + 1) * unit;
}

/// Connections of up to a sixteenth of the limit, from a tenth of a second to a minute long; so
/// few at once that a run takes milliseconds.
SteadySettings connections(double limit, double offered) {
  SteadySettings workload;
  workload.seconds = *rc::gen::element(0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0);
  workload.each = limit * between(4, 62, 0.001);
  workload.offered = offered;
  return workload;
}

/// R31: up to three quarters of the sum of all thresholds nothing switches, no uplink is over its
/// threshold, and nobody speaks of overload, whatever the thresholds and the number of workers.
RC_GTEST_PROP(ConstantLoad, R31_BelowTheSumOfThresholdsNothingSwitches, ()) {
  const auto n = *rc::gen::element<std::size_t>(2, 3, 8);
  Site site = steered_by(kSpillway, uplinks(n), between(20, 90, 0.01));
  site.return_below = site.spill_above * between(50, 95, 0.01);
  Conditions settings;
  settings.limit = site.spill_above;
  settings.workers = *rc::gen::element<std::uint32_t>(1, 2, 4);
  const double limit = site.spill_above * kCapacity;
  const double offered = sum_of_limits(site, site.spill_above) * between(5, 75, 0.01);
  const Outcome o = constant(site, connections(limit, offered), settings);
  RC_ASSERT(o.switches_per_minute == 0.0);
  RC_ASSERT(o.overloads.empty());
  for (const UplinkOutcome& uplink : o.uplinks) RC_ASSERT(uplink.worst == 0.0);
}

/// R31: the other modes switch for a failure alone; Traffic Monitors with a reservation hold still
/// too, even where both compare with one threshold.
RC_GTEST_PROP(ConstantLoad, R31_NorDoOtherModesAndMonitors, ()) {
  const double limit = 0.5 * kCapacity;
  const std::string threshold = std::to_string(static_cast<long>(limit));
  Site monitors = steered_by("failover", uplinks(2), 0.5);
  monitors.balance = "mode = \"bandwidth\";";
  monitors.monitors =
      "{ name = \"LB1\"; interface = \"ISP_1\"; trigger = \"above\"; threshold = " + threshold +
      "; on_event = \"ISP_2\"; }, { name = \"LB2\"; interface = \"ISP_1\"; trigger = \"below\"; "
      "threshold = " +
      threshold + "; on_event = \"ISP_1\"; }";
  const auto mode = *rc::gen::element<std::string>("", kLeastUsed, "weighted", kPcc, "failover");
  const Site site = mode.empty() ? monitors : steered_by(mode, uplinks(2), 0.5);
  const double offered = kCapacity * between(5, 120, 0.01);
  const Outcome o = constant(site, connections(limit, offered));
  RC_ASSERT(o.switches_per_minute == 0.0);
}

/// The same loads make what is compared with swing without end, so the properties above are no
/// matter of course.
TEST(ConstantLoad, R31_WithoutAReservationTheSameLoadFlaps) {
  for (const char* name : {kSingle, kHysteresis})
    for (const double load : {0.55, 0.65, 0.75}) {
      const Site site = steered_by(name, uplinks(2), 0.8);
      const SteadySettings workload{load * sum_of_limits(site, 0.8), 0.8e6, 2, false};
      const Outcome o = constant(site, workload);
      EXPECT_GT(o.switches_per_minute, 20) << name << " at " << load;
      EXPECT_GT(o.uplinks[0].worst, 0.05) << name << " at " << load;
    }
}

/// R31: far above all thresholds nothing switches either: workers make the loads even.
void expect_even_overload(std::size_t n, double seconds) {
  const Site site = steered_by(kSpillway, uplinks(n), 0.5);
  const SteadySettings workload{1.5 * sum_of_limits(site, 0.5), 1e6, seconds, false};
  Conditions settings;
  settings.limit = 0.5;
  const Outcome o = constant(site, workload, settings);
  EXPECT_EQ(o.switches_per_minute, 0);
  ASSERT_FALSE(o.overloads.empty());
  EXPECT_LT(o.overloads.back(), 30) << "said when it begins, and never again";
  for (const UplinkOutcome& uplink : o.uplinks) EXPECT_NEAR(uplink.utilisation, 0.75, 0.02);
}

TEST(ConstantLoad, R31_WhenAllAreOverloadedNothingSwitchesAndTheLoadsAreEven) {
  for (const std::size_t n : {2u, 3u, 8u})
    for (const double seconds : {0.5, 2.0, 10.0}) {
      SCOPED_TRACE(std::to_string(n) + " uplinks, " + std::to_string(seconds) + " s");
      expect_even_overload(n, seconds);
    }
}

/// R31: whatever the load and however large its connections, the dwell time bounds the switches.
RC_GTEST_PROP(AnyLoad, R31_SwitchesAreADwellTimeApart, ()) {
  const auto name = *rc::gen::element<std::string>(kDwell, kSingle);
  Site site = steered_by(name, uplinks(2), 0.5);
  constexpr double kFiveSeconds = 5;
  if (name != kDwell) site.balance += " dwell_ms = 5000;";
  SteadySettings workload = connections(0.5 * kCapacity, kCapacity * between(40, 120, 0.01));
  workload.each *= *rc::gen::inRange(1, 9);
  workload.poisson = true;
  const Outcome o = constant(site, workload);
  for (std::size_t i = 1; i < o.switches.size(); ++i)
    RC_ASSERT(o.switches[i].time - o.switches[i - 1].time > kFiveSeconds - 1e-6);
}

}  // namespace
}  // namespace spillway::simulation
