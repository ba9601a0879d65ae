#include "dataplane/wan/selection.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace spillway {
namespace {

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);
constexpr UplinkId kIsp3 = uplink_id(2);

UplinkSet set_of(std::initializer_list<UplinkId> ids) {
  UplinkSet set;
  for (const UplinkId id : ids) set.insert(id);
  return set;
}

BalancePlan plan_of(BalanceMode mode, std::size_t uplinks) {
  BalancePlan plan;
  plan.mode = mode;
  plan.uplinks = uplinks;
  for (std::size_t i = 0; i < uplinks; ++i) {
    plan.order[i] = plan.by_distance[i] = uplink_id(i);
    plan.weight[i] = 1;
  }
  return plan;
}

/// A router's view: the word and what is left of each uplink's headroom.
struct View {
  ActiveWord word;
  ActiveCell cell;
  PlacementBudget budget;

  View(UplinkId active, UplinkSet usable, UplinkSet overloaded = {}) {
    word.active = active;
    word.usable = usable;
    word.overloaded = overloaded;
    word.generation = 1;
  }
  UplinkId select(const BalancePlan& plan, UplinkSet candidates, const FlowKey& key = {}) {
    return choose(plan, candidates, key).uplink;
  }
  Choice choose(const BalancePlan& plan, UplinkSet candidates, const FlowKey& key = {}) {
    budget.refresh(cell, word);
    return select_uplink(plan, word, candidates, key, budget);
  }
};

FlowKey key_from(std::uint32_t host, std::uint16_t port = 1000) {
  FlowKey key;
  key.src = Ipv4Addr::from_host(0xc0a81600u + host);
  key.dst = Ipv4Addr::of(8, 8, 8, 8);
  key.src_port = L4Port::from_host(port);
  key.dst_port = L4Port::from_host(443);
  key.proto = IpProto::tcp;
  return key;
}

struct BandwidthRow {
  const char* what;
  UplinkId active;
  UplinkSet usable;
  UplinkSet overloaded;
  UplinkSet full;  ///< no headroom left
  UplinkSet candidates;
  UplinkId expected;
  std::array<std::uint32_t, 3> carried{900, 300, 600};
};

class Bandwidth : public testing::TestWithParam<BandwidthRow> {};

TEST_P(Bandwidth, R30_R32_ChoosesByLoadHealthAndRoom) {
  const BandwidthRow& row = GetParam();
  View view(row.active, row.usable, row.overloaded);
  for (std::size_t i = 0; i < 3; ++i)
    if (row.full.contains(uplink_id(i))) view.cell.set_headroom(uplink_id(i), 0);
  for (std::size_t i = 0; i < 3; ++i) view.cell.set_load(uplink_id(i), row.carried[i], 1);
  EXPECT_EQ(view.select(plan_of(BalanceMode::bandwidth, 3), row.candidates), row.expected)
      << row.what;
}

const UplinkSet kAll = UplinkSet::first(3);
INSTANTIATE_TEST_SUITE_P(
    Table, Bandwidth,
    testing::Values(
        BandwidthRow{"the active one", kIsp1, kAll, {}, {}, kAll, kIsp1},
        BandwidthRow{
            "the active one after a switch", kIsp2, kAll, set_of({kIsp1}), {}, kAll, kIsp2},
        BandwidthRow{"full: the next in order", kIsp1, kAll, {}, set_of({kIsp1}), kAll, kIsp2},
        BandwidthRow{"full: not to an overloaded one", kIsp1, kAll, set_of({kIsp2}),
                     set_of({kIsp1}), kAll, kIsp3},
        BandwidthRow{"all full: the least loaded", kIsp1, kAll, {}, kAll, kAll, kIsp2},
        BandwidthRow{"all full, of equals: the first in order",
                     kIsp2,
                     kAll,
                     {},
                     kAll,
                     kAll,
                     kIsp1,
                     {500, 500, 500}},
        BandwidthRow{"what is not overloaded is full: the least loaded of all", kIsp1, kAll,
                     set_of({kIsp2}), set_of({kIsp1, kIsp3}), kAll, kIsp2},
        BandwidthRow{"all overloaded: the least loaded, though the active one has room",
                     kIsp1,
                     kAll,
                     kAll,
                     {},
                     kAll,
                     kIsp2},
        BandwidthRow{"all overloaded, beyond the whole",
                     kIsp1,
                     kAll,
                     kAll,
                     {},
                     kAll,
                     kIsp3,
                     {~0u, ~0u - 1, 3 * kFullLoad}},
        BandwidthRow{"all that live are overloaded: the least loaded of them",
                     kIsp1,
                     set_of({kIsp1, kIsp3}),
                     set_of({kIsp1, kIsp3}),
                     {},
                     kAll,
                     kIsp3},
        BandwidthRow{"overloaded, but the switch waits for the dwell time",
                     kIsp1,
                     kAll,
                     set_of({kIsp1}),
                     {},
                     kAll,
                     kIsp1},
        BandwidthRow{"a rule's uplinks are all overloaded: the least loaded of them",
                     kIsp2,
                     kAll,
                     set_of({kIsp1, kIsp3}),
                     {},
                     set_of({kIsp1, kIsp3}),
                     kIsp3},
        BandwidthRow{"a rule forbids the active one", kIsp1, kAll, {}, {}, set_of({kIsp3}), kIsp3},
        BandwidthRow{"rule's only uplink overloaded: still it",
                     kIsp1,
                     kAll,
                     set_of({kIsp3}),
                     {},
                     set_of({kIsp3}),
                     kIsp3},
        BandwidthRow{"rule's only uplink down",
                     kIsp1,
                     set_of({kIsp1, kIsp2}),
                     {},
                     {},
                     set_of({kIsp3}),
                     UplinkId::none},
        BandwidthRow{"nothing usable", UplinkId::none, {}, {}, {}, kAll, UplinkId::none}));

TEST(PlacementBudget, R32_CountsDownUntilTheNextGeneration) {
  ActiveCell cell;
  cell.set_headroom(kIsp1, 2);
  ActiveWord word;
  word.generation = 5;
  PlacementBudget budget;
  budget.refresh(cell, word);
  budget.take(kIsp1);
  EXPECT_TRUE(budget.allows(kIsp1));
  budget.take(kIsp1);
  EXPECT_FALSE(budget.allows(kIsp1));
  budget.refresh(cell, word);
  EXPECT_FALSE(budget.allows(kIsp1)) << "the same generation refills nothing";
  word.generation = 6;
  budget.refresh(cell, word);
  EXPECT_TRUE(budget.allows(kIsp1));
}

TEST(PlacementBudget, R31_CountsLoadsUpAndStopsAtTheGreatest) {
  ActiveCell cell;
  cell.set_load(kIsp1, kFullLoad - 10, 20);
  cell.set_load(kIsp2, ~0u - 30, 20);
  PlacementBudget budget;
  budget.refresh(cell, ActiveWord{});
  for (const std::uint32_t carried : {kFullLoad + 10, kFullLoad + 30}) {
    budget.take(kIsp1);
    EXPECT_EQ(budget.carried(kIsp1), carried);
  }
  for (const std::uint32_t carried : {~0u - 10, ~0u, ~0u}) {
    budget.take(kIsp2);
    EXPECT_EQ(budget.carried(kIsp2), carried);
  }
}

/// R32: several workers together place no more than one would.
RC_GTEST_PROP(PlacementBudget, R32_TheWorkersPartsAddUp, ()) {
  const auto workers = *rc::gen::inRange<std::uint32_t>(1, 9);
  const auto headroom = *rc::gen::inRange<std::uint32_t>(0, 100);
  ActiveCell cell;
  cell.set_headroom(kIsp1, headroom);
  cell.set_load(kIsp1, 0, 1000);
  ActiveWord word;
  word.generation = *rc::gen::inRange<std::uint32_t>(0, 1u << 24);
  std::uint32_t placed = 0;
  for (std::uint32_t self = 0; self < workers; ++self) {
    PlacementBudget budget(self, workers);
    budget.refresh(cell, word);
    RC_ASSERT(budget.allows(kIsp2));  // unlimited for each of them
    for (; budget.allows(kIsp1) && placed <= headroom; ++placed) budget.take(kIsp1);
    if (headroom >= workers) RC_ASSERT(budget.carried(kIsp1) >= 1000 * workers);
  }
  RC_ASSERT(placed == headroom);
}

std::uint32_t unevenness(const PlacementBudget& budget, std::size_t uplinks) {
  std::uint32_t least = ~0u;
  std::uint32_t greatest = 0;
  for (std::size_t i = 0; i < uplinks; ++i) {
    least = std::min(least, budget.carried(uplink_id(i)));
    greatest = std::max(greatest, budget.carried(uplink_id(i)));
  }
  return greatest - least;
}

/// R31: while all are overloaded, connections go where they make the load even.
RC_GTEST_PROP(AllOverloaded, R31_LoadsComeTogether, ()) {
  constexpr std::size_t kUplinks = 4;
  constexpr std::uint32_t kCost = 1000;
  const BalancePlan plan = plan_of(BalanceMode::bandwidth, kUplinks);
  const UplinkSet all = UplinkSet::first(kUplinks);
  View view(kIsp1, all, all);
  std::uint32_t missing = 0;  // connections, until all carry twice their limit
  for (std::size_t i = 0; i < kUplinks; ++i) {
    const auto carried = *rc::gen::inRange<std::uint32_t>(kFullLoad, 2 * kFullLoad);
    missing += (2 * kFullLoad - carried) / kCost;
    view.cell.set_load(uplink_id(i), carried, kCost);
  }
  view.budget.refresh(view.cell, view.word);
  for (std::uint32_t i = 0; i < missing; ++i) view.budget.take(view.select(plan, all));
  RC_ASSERT(unevenness(view.budget, kUplinks) <= kCost);
}

TEST(PlacementBudget, UnlimitedIsNeverUsedUp) {
  ActiveCell cell;
  PlacementBudget budget;
  budget.refresh(cell, ActiveWord{});
  for (int i = 0; i < 1000; ++i) budget.take(kIsp2);
  EXPECT_TRUE(budget.allows(kIsp2));
}

TEST(Failover, FirstUsableByDistance) {
  BalancePlan plan = plan_of(BalanceMode::failover, 3);
  plan.by_distance = {kIsp3, kIsp1, kIsp2};
  View view(kIsp3, kAll);
  EXPECT_EQ(view.select(plan, kAll), kIsp3);
  view.word.usable.erase(kIsp3);
  EXPECT_EQ(view.select(plan, kAll), kIsp1);
  EXPECT_EQ(view.select(plan, set_of({kIsp2})), kIsp2);
}

TEST(Pcc, SharesFollowTheWeights) {
  BalancePlan plan = plan_of(BalanceMode::pcc, 3);
  plan.classifier = Classifier::src_address;
  plan.weight = {1, 2, 5};
  View view(kIsp1, kAll);
  std::map<UplinkId, int> placed;
  constexpr int kHosts = 8000;
  for (int i = 0; i < kHosts; ++i)
    ++placed[view.select(plan, kAll, key_from(static_cast<std::uint32_t>(i)))];
  EXPECT_NEAR(placed[kIsp1], kHosts / 8, 150);
  EXPECT_NEAR(placed[kIsp2], kHosts / 4, 200);
  EXPECT_NEAR(placed[kIsp3], kHosts * 5 / 8, 250);
}

TEST(Pcc, ClassifierLooksAtItsFieldsOnly) {
  BalancePlan plan = plan_of(BalanceMode::pcc, 3);
  View view(kIsp1, kAll);
  plan.classifier = Classifier::src_address;
  for (std::uint16_t port = 1; port < 200; ++port)
    EXPECT_EQ(view.select(plan, kAll, key_from(7, port)), view.select(plan, kAll, key_from(7)));
  plan.classifier = Classifier::src_address_and_port;
  std::map<UplinkId, int> placed;
  for (std::uint16_t port = 1; port < 200; ++port)
    ++placed[view.select(plan, kAll, key_from(7, port))];
  EXPECT_EQ(placed.size(), 3u);
}

RC_GTEST_PROP(Pcc, AFailureMovesOnlyWhatWasOnTheFailedUplink, ()) {
  BalancePlan plan = plan_of(BalanceMode::pcc, 4);
  plan.classifier = static_cast<Classifier>(*rc::gen::inRange(0, 9));
  for (std::size_t i = 0; i < 4; ++i)
    plan.weight[i] = static_cast<std::uint32_t>(*rc::gen::inRange(0, 9));
  const UplinkId failed = uplink_id(*rc::gen::inRange<std::size_t>(0, 4));
  const FlowKey key = key_from(*rc::gen::inRange<std::uint32_t>(0, 65536),
                               static_cast<std::uint16_t>(*rc::gen::inRange(0, 65536)));
  View view(kIsp1, UplinkSet::first(4));
  const UplinkId before = view.select(plan, UplinkSet::first(4), key);
  view.word.usable.erase(failed);
  const UplinkId after = view.select(plan, UplinkSet::first(4), key);
  RC_ASSERT(after != UplinkId::none && after != failed);
  if (before != failed) RC_ASSERT(after == before);
}

RC_GTEST_PROP(AnyMode, NeverLeavesTheUsableCandidates, ()) {
  BalancePlan plan = plan_of(static_cast<BalanceMode>(*rc::gen::inRange(0, 6)), 5);
  for (std::size_t i = 0; i < 5; ++i)
    plan.weight[i] = static_cast<std::uint32_t>(*rc::gen::inRange(0, 3));
  const auto subset = [] {
    return UplinkSet(static_cast<std::uint16_t>(*rc::gen::inRange(0, 32)));
  };
  const UplinkSet usable = subset();
  const UplinkSet candidates = subset();
  const UplinkId active =
      usable.empty() ? UplinkId::none
                     : uplink_id(static_cast<std::size_t>(std::countr_zero(usable.bits())));
  View view(active, usable, subset());
  for (std::size_t i = 0; i < 5; ++i)
    view.cell.set_headroom(uplink_id(i), static_cast<std::uint32_t>(*rc::gen::inRange(0, 2)));
  for (std::size_t i = 0; i < 5; ++i)
    view.cell.set_load(uplink_id(i), *rc::gen::inRange<std::uint32_t>(0, 3 * kFullLoad), 1);
  const UplinkId chosen = view.select(plan, candidates, key_from(*rc::gen::inRange(0u, 999u)));
  const UplinkSet allowed = usable & candidates;
  if (allowed.empty())
    RC_ASSERT(chosen == UplinkId::none);
  else
    RC_ASSERT(allowed.contains(chosen));
}

TEST(ActiveWord, PacksAndUnpacks) {
  ActiveWord word{uplink_id(15), UplinkSet(0xffff), UplinkSet(0x8001), 0xabcdef};
  EXPECT_EQ(ActiveWord::unpack(word.pack()), word);
  EXPECT_EQ(ActiveWord::unpack(ActiveWord{}.pack()), ActiveWord{});
}

ActiveCell& loads(ActiveCell& cell,
                  std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> of) {
  std::size_t i = 0;
  for (const auto& [carried, cost] : of) cell.set_load(uplink_id(i++), carried, cost);
  return cell;
}

TEST(LeastUsed, TakesTheLeastLoadedAndCountsWhatItPlaced) {
  const BalancePlan plan = plan_of(BalanceMode::least_used, 3);
  ActiveWord word;
  word.usable = UplinkSet::first(3);
  ActiveCell cell;
  loads(cell, {{500000, 100000}, {300000, 100000}, {900000, 100000}});
  PlacementBudget budget;
  budget.refresh(cell, word);
  std::map<UplinkId, int> placed;
  for (std::uint16_t i = 0; i < 10; ++i) {
    const UplinkId id = select_uplink(plan, word, UplinkSet::first(3), FlowKey{}, budget).uplink;
    budget.take(id);
    ++placed[id];
  }
  EXPECT_EQ(placed[kIsp1], 4) << "5 tenths, 3 tenths and 9 tenths, filled from below";
  EXPECT_EQ(placed[kIsp2], 6);
  EXPECT_EQ(placed[kIsp3], 0);
}

TEST(LeastUsed, TheOverloadedAndTheDeadAreLeftOut) {
  const BalancePlan plan = plan_of(BalanceMode::least_used, 3);
  ActiveWord word;
  word.usable = set_of({kIsp1, kIsp2});
  word.overloaded = set_of({kIsp2});
  ActiveCell cell;
  loads(cell, {{999900, 1}, {100000, 1}, {50000, 1}});
  PlacementBudget budget;
  budget.refresh(cell, word);
  const auto choose = [&] {
    return select_uplink(plan, word, UplinkSet::first(3), FlowKey{}, budget).uplink;
  };
  EXPECT_EQ(choose(), kIsp1);
  word.overloaded = set_of({kIsp1, kIsp2});
  EXPECT_EQ(choose(), kIsp2) << "all overloaded: the least loaded";
  word.usable = {};
  EXPECT_EQ(choose(), UplinkId::none);
}

TEST(Weighted, SpreadsInProportionToTheCapacities) {
  BalancePlan plan = plan_of(BalanceMode::weighted, 2);
  plan.weight = {100000, 300000};
  ActiveWord word;
  word.usable = UplinkSet::first(2);
  std::map<UplinkId, int> placed;
  for (std::uint16_t i = 0; i < 20000; ++i) {
    FlowKey key;
    key.src_port = L4Port::from_host(i);
    ++placed[select_uplink(plan, word, UplinkSet::first(2), key, PlacementBudget{}).uplink];
  }
  EXPECT_NEAR(placed[kIsp2], 15000, 300);
}

}  // namespace
}  // namespace spillway
