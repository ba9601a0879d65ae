#include <gtest/gtest.h>

#include <algorithm>

#include "control/eal.h"

namespace spillway {
namespace {

using Arguments = std::vector<std::string>;

EalNeeds needs(const Arguments& cards) {
  return {.memory_mib = 300,
          .node_mib = {},
          .hugepages = true,
          .cards = cards,
          .hugepage_user = {},
          .telemetry = false,
          .lcores = "0@0,1@0"};
}

bool has(const Arguments& all, const std::string& argument) {
  return std::find(all.begin(), all.end(), argument) != all.end();
}

/// What stands behind each `-a`.
Arguments allowed(const Arguments& all) {
  Arguments found;
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    if (all[i] == "-a") found.push_back(all[i + 1]);
  return found;
}

TEST(EalArguments, R44_CardsThatAreNotNamedAreLeftAlone) {
  const Arguments all = eal_arguments(needs({"0000:03:00.0", "0000:03:00.1,x=1"}), true, {});
  EXPECT_EQ(allowed(all), (Arguments{"0000:03:00.0", "0000:03:00.1,x=1"}));
  EXPECT_FALSE(has(all, "--no-pci"));
}

TEST(EalArguments, R44_WithoutCardsTheBusIsNotTouched) {
  const Arguments all = eal_arguments(needs({}), true, {});
  EXPECT_TRUE(has(all, "--no-pci"));
  EXPECT_TRUE(allowed(all).empty());
}

TEST(EalArguments, R44_ACardNamedByTheUserKeepsTheUsersArguments) {
  const EalNeeds two = needs({"0000:03:00.0", "0000:03:00.1"});
  for (const Arguments& extra :
       {Arguments{"-a", "0000:03:00.1,x=1"}, Arguments{"-a0000:03:00.1,x=1"},
        Arguments{"--allow=0000:03:00.1,x=1"}}) {
    const Arguments all = eal_arguments(two, true, extra);
    EXPECT_EQ(allowed(all).front(), "0000:03:00.0");
    EXPECT_FALSE(has(all, "0000:03:00.1"));
    EXPECT_TRUE(has(all, extra.back()));
  }
}

TEST(EalArguments, R44_WhatTheUserChoosesIsNotChosenTwice) {
  const Arguments all = eal_arguments(needs({}), false, {"-m64", "-l0,1", "--no-huge"});
  EXPECT_FALSE(has(all, "-m"));
  EXPECT_FALSE(has(all, "--no-shconf"));
  EXPECT_TRUE(std::none_of(all.begin(), all.end(),
                           [](const std::string& a) { return a.rfind("--lcores", 0) == 0; }));
}

TEST(EalArguments, MemoryOnSeveralNodesIsAskedForNodeByNode) {
  EalNeeds two = needs({});
  two.node_mib = {100, 200};
  EXPECT_TRUE(has(eal_arguments(two, true, {}), "--socket-mem=100,200"));
  EXPECT_FALSE(has(eal_arguments(two, true, {}), "-m"));
  for (const Arguments& extra : {Arguments{"--socket-mem", "1,1"}, Arguments{"-m", "64"}})
    EXPECT_FALSE(has(eal_arguments(two, true, extra), "--socket-mem=100,200"));
  EXPECT_TRUE(has(eal_arguments(two, false, {}), "-m")) << "ordinary pages are on one node";
}

TEST(EalArguments, TelemetryIsOnlyForThoseThatServeIt) {
  EalNeeds served = needs({});
  EXPECT_TRUE(has(eal_arguments(served, true, {}), "--no-telemetry"));
  served.telemetry = true;
  const Arguments all = eal_arguments(served, true, {});
  EXPECT_FALSE(has(all, "--no-telemetry"));
  EXPECT_TRUE(has(all, "--file-prefix=spillway"));
  const Arguments named = eal_arguments(served, true, {"--file-prefix", "x"});
  EXPECT_FALSE(has(named, "--file-prefix=spillway"));
  EXPECT_TRUE(has(eal_arguments(served, true, {"--no-telemetry"}), "--no-telemetry"));
}

TEST(EalArguments, R44_ACardOnUioDoesNotRunOnOrdinaryPages) {
  EalNeeds uio = needs({"0000:03:00.0"});
  uio.hugepage_user = "x.conf:3: port \"03:00.0\" is bound to uio_pci_generic";
  std::string error;
  try {
    const Eal eal(uio, {"--no-huge"});
  } catch (const std::runtime_error& e) {
    error = e.what();
  }
  EXPECT_EQ(error,
            "x.conf:3: port \"03:00.0\" is bound to uio_pci_generic, for which the router needs "
            "hugepages: leave out --no-huge");
}

}  // namespace
}  // namespace spillway
