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

/// A machine whose memory is all alike.
Machine on(const Cpus& cpus) {
  return {.cpus = cpus, .node_of_cpu = {}, .node_of_port = {}};
}

/// Two nodes of four CPUs, all of which may be used; ports and the nodes of their cards.
Machine two_nodes(const std::map<std::string, int>& ports) {
  Machine machine = on({0, 1, 2, 3, 4, 5, 6, 7});
  for (unsigned cpu = 0; cpu < 8; ++cpu) machine.node_of_cpu[cpu] = cpu < 4 ? 0 : 1;
  machine.node_of_port = ports;
  return machine;
}

TEST(Cpus, OneWorkerBesideTheControlCore) {
  const CpuPlan plan = plan_cpus(site("eth1"), on({0, 1, 2, 3}));
  EXPECT_EQ(plan.control, 0u);
  EXPECT_EQ(plan.workers, (Cpus{1}));
  EXPECT_EQ(plan.lcores(), "0@0,1@1");
}

TEST(Cpus, OnOneCpuAllIsShared) {
  const CpuPlan plan = plan_cpus(site("eth1", {.count = 3, .cpus = {}, .idle = {}}), on({5}));
  EXPECT_EQ(plan.lcores(), "0@5,1@5,2@5,3@5");
}

TEST(Cpus, CardsMayHaveAWorkerOnEachOtherCpu) {
  const CpuPlan plan = plan_cpus(site(kCard), on({0, 1, 2, 3}));
  EXPECT_EQ(plan.workers, (Cpus{1, 2, 3}));
  EXPECT_EQ(choose_workers({}, plan, 0), 1u) << "some card does not sort";
  EXPECT_EQ(choose_workers({}, plan, 2), 2u);
  EXPECT_EQ(choose_workers({}, plan, 128), 3u);
}

TEST(Cpus, WhatIsConfiguredHolds) {
  const config::Workers five{.count = 5, .cpus = {}, .idle = {}};
  const CpuPlan shared = plan_cpus(site("eth1", five), on({0, 1, 2}));
  EXPECT_EQ(shared.workers, (Cpus{1, 2, 1, 2, 1}));
  EXPECT_EQ(choose_workers(five, shared, 0), 5u);
  const config::Workers named{.count = {}, .cpus = {2, 0}, .idle = {}};
  const CpuPlan plan = plan_cpus(site("eth1", named), on({0, 1, 2, 3}));
  EXPECT_EQ(plan.control, 1u);
  EXPECT_EQ(plan.workers, (Cpus{2, 0})) << "as many as are named";
  EXPECT_EQ(choose_workers(named, plan, 0), 2u);
}

TEST(Cpus, ACpuThatIsNotThereIsNamed) {
  try {
    plan_cpus(site("eth1", {.count = {}, .cpus = {9}, .idle = {}}), on({0, 1}));
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(),
                 "x.conf: `workers.cpus`: CPU 9 is not there for this process; allowed: 0,1");
  }
}

TEST(Cpus, NearToTheCardsAreTheirWorkers) {
  EXPECT_EQ(plan_cpus(site(kCard), two_nodes({{kCard, 1}})).workers, (Cpus{4, 5, 6, 7}));
  EXPECT_EQ(plan_cpus(site(kCard), two_nodes({{kCard, 0}})).workers, (Cpus{1, 2, 3}));
  EXPECT_EQ(plan_cpus(site(kCard), two_nodes({{kCard, 1}})).control, 0u);
  EXPECT_EQ(plan_cpus(site("eth1"), two_nodes({{"eth1", 1}})).workers, (Cpus{4}));
  EXPECT_EQ(plan_cpus(site(kCard), two_nodes({})).workers, (Cpus{1, 2, 3, 4, 5, 6, 7}))
      << "nobody knows where the cards are";
}

TEST(Cpus, TheNodeOfMostCardsComesFirst) {
  const Machine machine = two_nodes({{"lan", 1}, {"wan1", 1}, {"wan2", 0}});
  EXPECT_EQ(plan_cpus(site(kCard), machine).workers, (Cpus{4, 5, 6, 7, 1, 2, 3}));
}

TEST(Cpus, MoreWorkersThanNearCpusTakeTheOthersBeforeTheyShare) {
  const config::Workers six{.count = 6, .cpus = {}, .idle = {}};
  EXPECT_EQ(plan_cpus(site(kCard, six), two_nodes({{kCard, 1}})).workers, (Cpus{4, 5, 6, 7, 1, 2}));
}

TEST(Cpus, MemoryIsWhereTheWorkersAre) {
  const Machine machine = two_nodes({{kCard, 1}});
  const CpuPlan near = plan_cpus(site(kCard), machine);
  EXPECT_EQ(near.worker_nodes(machine), (std::vector<int>{1, 1, 1, 1}));
  EXPECT_EQ(near.share_memory(machine, 900, 100), (std::vector<std::size_t>{100, 800}));
  const CpuPlan both = plan_cpus(site(kCard), two_nodes({}));
  EXPECT_EQ(both.share_memory(machine, 800, 100), (std::vector<std::size_t>{400, 400}));
  const Machine alike = on({0, 1, 2});
  const CpuPlan plan = plan_cpus(site(kCard), alike);
  EXPECT_EQ(plan.worker_nodes(alike), (std::vector<int>{kAnyNode, kAnyNode}));
  EXPECT_TRUE(plan.share_memory(alike, 900, 100).empty());
}

}  // namespace
}  // namespace spillway
