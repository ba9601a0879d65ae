#include "control/cpus.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

using Cpus = std::vector<unsigned>;

config::Config site(const std::string& port, const config::Workers& workers = {}) {
  config::Config config;
  config.file = "x.conf";
  config.lans.emplace_back().port = port;
  config.uplinks.emplace_back().port = port;
  config.workers = workers;
  return config;
}

const std::string kCard = "0000:03:00.0";

TEST(Cpus, OneWorkerBesideTheControlCore) {
  const CpuPlan plan = plan_cpus(site("eth1"), {0, 1, 2, 3});
  EXPECT_EQ(plan.control, 0u);
  EXPECT_EQ(plan.workers, (Cpus{1}));
  EXPECT_EQ(plan.lcores(), "0@0,1@1");
}

TEST(Cpus, OnOneCpuAllIsShared) {
  const CpuPlan plan = plan_cpus(site("eth1", {.count = 3, .cpus = {}, .idle = {}}), {5});
  EXPECT_EQ(plan.lcores(), "0@5,1@5,2@5,3@5");
}

TEST(Cpus, CardsMayHaveAWorkerOnEachOtherCpu) {
  const CpuPlan plan = plan_cpus(site(kCard), {0, 1, 2, 3});
  EXPECT_EQ(plan.workers, (Cpus{1, 2, 3}));
  EXPECT_EQ(choose_workers({}, plan, 0), 1u) << "some card does not sort";
  EXPECT_EQ(choose_workers({}, plan, 2), 2u);
  EXPECT_EQ(choose_workers({}, plan, 128), 3u);
}

TEST(Cpus, WhatIsConfiguredHolds) {
  const config::Workers five{.count = 5, .cpus = {}, .idle = {}};
  const CpuPlan shared = plan_cpus(site("eth1", five), {0, 1, 2});
  EXPECT_EQ(shared.workers, (Cpus{1, 2, 1, 2, 1}));
  EXPECT_EQ(choose_workers(five, shared, 0), 5u);
  const config::Workers named{.count = {}, .cpus = {2, 0}, .idle = {}};
  const CpuPlan plan = plan_cpus(site("eth1", named), {0, 1, 2, 3});
  EXPECT_EQ(plan.control, 1u);
  EXPECT_EQ(plan.workers, (Cpus{2, 0})) << "as many as are named";
  EXPECT_EQ(choose_workers(named, plan, 0), 2u);
}

TEST(Cpus, ACpuThatIsNotThereIsNamed) {
  try {
    plan_cpus(site("eth1", {.count = {}, .cpus = {9}, .idle = {}}), {0, 1});
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(),
                 "x.conf: `workers.cpus`: CPU 9 is not there for this process; allowed: 0,1");
  }
}

TEST(Cpus, ThisProcessHasSome) {
  EXPECT_FALSE(allowed_cpus().empty());
}

}  // namespace
}  // namespace spillway
