// Overshoot, utilisation, faults, under the traffic that people make. Thresholds leave room: with
// another mathematical library the random numbers differ in their last digits.

#include <gtest/gtest.h>

#include "tests/simulation/study.h"

namespace spillway::simulation {
namespace {

const std::vector<double> kPair{100e6, 100e6};
constexpr double kSpillAbove = 0.8;
constexpr std::size_t kRuns = 2;

Outcome traffic(const char* name, double offered, const std::vector<double>& capacities = kPair,
                Conditions settings = {}) {
  WebSettings workload;
  workload.offered = offered;
  settings.seconds = 300;
  return average(steered_by(name, capacities, kSpillAbove), workload, settings, kRuns);
}

TEST(Traffic, R30_ALightLoadStaysOnTheFirstUplink) {
  const Outcome o = traffic(kSpillway, 30e6);
  EXPECT_EQ(o.switches_per_minute, 0);
  EXPECT_GT(o.uplinks[0].utilisation, 20 * o.uplinks[1].utilisation);
}

TEST(Traffic, R32_TheReservationBoundsOvershootAndSwitches) {
  for (const double offered : {100e6, 130e6}) {
    const Outcome with = traffic(kSpillway, offered);
    const Outcome hysteresis = traffic(kHysteresis, offered);
    const Outcome single = traffic(kSingle, offered);
    EXPECT_LT(with.uplinks[0].excess, 0.015) << offered;
    EXPECT_LT(with.uplinks[0].excess, 0.5 * hysteresis.uplinks[0].excess) << offered;
    EXPECT_LT(with.uplinks[0].excess, 0.5 * single.uplinks[0].excess) << offered;
    EXPECT_LT(with.uplinks[0].over, 0.5 * single.uplinks[0].over) << offered;
    EXPECT_LT(with.switches_per_minute, 0.3 * hysteresis.switches_per_minute) << offered;
    EXPECT_LT(with.switches_per_minute, 12) << offered;
  }
}

TEST(Traffic, R32_ABurstBetweenTwoSamplesDoesNotAllLandOnOneUplink) {
  Conditions settings;
  settings.seconds = 90;
  settings.limit = 0.5;
  const auto worst = [&](const char* name) {
    WebSettings calm;
    calm.offered = 15e6;
    const auto load = with_burst(web_workload(calm, 1), {70, 60, 0.5, 1e6, 10});
    return run(steered_by(name, kPair, settings.limit), *load, settings).uplinks[0].worst;
  };
  EXPECT_LT(worst(kSpillway), 0.2);
  EXPECT_GT(worst(kHysteresis), 0.4) << "sixty connections of 2 % on top of 30 %";
}

TEST(Traffic, R32_SeveralWorkersOvershootNoMore) {
  Conditions settings;
  settings.workers = 4;
  const Outcome one = traffic(kSpillway, 120e6);
  const Outcome four = traffic(kSpillway, 120e6, kPair, settings);
  EXPECT_LT(four.uplinks[0].excess, 0.01);
  EXPECT_NEAR(four.uplinks[0].utilisation, one.uplinks[0].utilisation, 0.06);
}

TEST(Traffic, R31_ThePairIsUsedAsWellAsByPccAndByASingleThreshold) {
  for (const double offered : {130e6, 180e6}) {
    const Outcome with = traffic(kSpillway, offered);
    for (const char* name : {kSingle, kPcc}) {
      const Outcome other = traffic(name, offered);
      EXPECT_GT(with.utilisation, other.utilisation - 0.005) << name << " at " << offered;
      EXPECT_LT(with.mean_duration, 1.02 * other.mean_duration) << name << " at " << offered;
    }
  }
}

TEST(Traffic, R31_UnequalUplinksFillByWhatEachMayCarry) {
  const std::vector<double> unequal{150e6, 50e6};
  const Outcome with = traffic(kSpillway, 120e6, unequal);
  const Outcome pcc = traffic(kPcc, 120e6, unequal);
  EXPECT_GT(with.utilisation, pcc.utilisation + 0.03) << "half of the load is too much for ISP_2";
  EXPECT_LT(with.mean_duration, 0.5 * pcc.mean_duration);
}

TEST(Traffic, R31_EightUplinksFillInTheirOrder) {
  const std::vector<double> capacities(8, 50e6);
  const Outcome o = traffic(kSpillway, 200e6, capacities);
  for (const UplinkOutcome& uplink : o.uplinks) EXPECT_LT(uplink.excess, 0.01);
  EXPECT_GT(o.uplinks[0].utilisation, 0.5);
  EXPECT_GT(o.uplinks[0].utilisation, o.uplinks[7].utilisation + 0.05);
  EXPECT_LT(o.switches_per_minute, 12);
  EXPECT_TRUE(o.overloads.empty());
}

TEST(Traffic, R31_LeastUsedKeepsTheSharesEven) {
  const Outcome o = traffic(kLeastUsed, 150e6, {150e6, 50e6});
  EXPECT_NEAR(o.uplinks[0].utilisation, o.uplinks[1].utilisation, 0.03);
}

constexpr double kDies = 120;
constexpr double kBack = 180;

Outcome with_faults(std::vector<Fault> faults, std::vector<Stall> stalls = {}) {
  WebSettings workload;
  workload.offered = 70e6;
  Conditions settings;
  settings.seconds = 300;
  settings.keep_trace = true;
  settings.faults = std::move(faults);
  settings.stalls = std::move(stalls);
  const auto load = web_workload(workload, 1);
  return run(steered_by(kSpillway, kPair, kSpillAbove), *load, settings);
}

TEST(Faults, R35_ADeadUplinkLosesItsOwnConnectionsAndTheLoadComesBack) {
  const Outcome o = with_faults({{0, kDies, kBack, 0}});
  EXPECT_GT(o.uplinks[0].lost, 0u);
  EXPECT_EQ(o.uplinks[1].lost, 0u);
  EXPECT_EQ(o.refused, 0u);
  const double before = mean_rate(o, 0, 60, kDies);
  EXPECT_GT(before, 40e6);
  EXPECT_EQ(mean_rate(o, 0, kDies + 2, kBack), 0);
  EXPECT_GT(mean_rate(o, 1, kDies + 2, kBack), 50e6) << "the other one carries all";
  EXPECT_GT(mean_rate(o, 0, kBack + 5, kBack + 65), 0.8 * before);
  ASSERT_GE(o.switches.size(), 2u);
  EXPECT_EQ(o.switches[0].to, 1u);
}

TEST(Faults, R35_TheDeathOfTheSpareIsNotFeltOnTheFirst) {
  const Outcome o = with_faults({{1, kDies, kBack, 0}});
  EXPECT_EQ(o.uplinks[0].lost, 0u);
  EXPECT_EQ(o.refused, 0u);
  EXPECT_GT(mean_rate(o, 0, kDies + 2, kBack), 55e6) << "there is nowhere else";
  EXPECT_GT(mean_rate(o, 1, kBack + 5, kBack + 65), 1e6);
}

TEST(Faults, R37_AllDeadRefusesAndTheFirstBackTakesOver) {
  const Outcome o = with_faults({{0, kDies, kBack, 0}, {1, kDies, kDies + 20, 0}});
  EXPECT_GT(o.refused, 0u);
  EXPECT_EQ(mean_rate(o, 1, kDies + 2, kDies + 20), 0);
  EXPECT_GT(mean_rate(o, 1, kDies + 25, kBack), 50e6);
  EXPECT_GT(mean_rate(o, 0, kBack + 5, kBack + 65), 40e6);
}

TEST(Faults, R46_AStuckControlCoreStopsNothing) {
  const Outcome o = with_faults({}, {{kDies, kBack}});
  const Outcome well = with_faults({});
  EXPECT_EQ(o.refused, 0u);
  const auto both = [](const Outcome& of, double from, double to) {
    return mean_rate(of, 0, from, to) + mean_rate(of, 1, from, to);
  };
  EXPECT_NEAR(both(o, kDies, kBack), both(well, kDies, kBack), 1e6);
  EXPECT_NEAR(mean_rate(o, 0, kBack + 5, 300), mean_rate(well, 0, kBack + 5, 300), 6e6);
}

}  // namespace
}  // namespace spillway::simulation
