#include "dataplane/path/neighbour_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace spillway {
namespace {

constexpr PortIndex kLan = port_index(0);
constexpr PortIndex kWan = port_index(1);
constexpr MacAddr kOwn{{2, 0, 0, 0, 0, 1}};
constexpr MacAddr kTheirs{{2, 0, 0, 0, 0, 9}};

Ipv4Addr host(std::uint32_t n) {
  return Ipv4Addr::from_host(0xc0a80000u + n);
}

NeighbourTable table(std::size_t capacity) {
  NeighbourTable t(capacity);
  t.set_port(kLan, kOwn, 9000);
  t.set_port(kWan, kOwn, 1492);
  return t;
}

TEST(NeighbourTable, ANewHostIsUnresolvedAndKnowsItsLink) {
  NeighbourTable t = table(8);
  const NextHopId id = t.find_or_add(kWan, host(1));
  ASSERT_NE(id, NextHopId::none);
  EXPECT_EQ(t[id].address, host(1));
  EXPECT_EQ(t[id].port, kWan);
  EXPECT_EQ(t[id].mtu, 1492);
  EXPECT_FALSE(t[id].resolved);
  EXPECT_EQ(t.find(kWan, host(1)), id);
  EXPECT_EQ(t.find_or_add(kWan, host(1)), id) << "once only";
  EXPECT_EQ(t.find(kLan, host(1)), NextHopId::none) << "the same address elsewhere is another";
  EXPECT_NE(t.find_or_add(kLan, host(1)), id);
}

TEST(NeighbourTable, ResolvingWritesBothAddresses) {
  NeighbourTable t = table(8);
  const NextHopId id = t.find_or_add(kLan, host(1));
  t.resolve(id, kTheirs);
  EXPECT_TRUE(t[id].resolved);
  EXPECT_TRUE(std::equal(kTheirs.bytes.begin(), kTheirs.bytes.end(), t[id].link.begin()));
  EXPECT_TRUE(std::equal(kOwn.bytes.begin(), kOwn.bytes.end(), t[id].link.begin() + 6));
  t.lose(id);
  EXPECT_FALSE(t[id].resolved);
  EXPECT_EQ(t.find(kLan, host(1)), id) << "still the same entry";
}

TEST(NeighbourTable, R41_AsksAtMostOnceASecond) {
  NeighbourTable t = table(8);
  const NextHopId id = t.find_or_add(kLan, host(1));
  EXPECT_TRUE(t.ask(id, Millis{0}));
  EXPECT_FALSE(t.ask(id, Millis{0}));
  EXPECT_FALSE(t.ask(id, Millis{999}));
  EXPECT_TRUE(t.ask(id, Millis{1000}));
  EXPECT_FALSE(t.ask(id, Millis{1999}));
  EXPECT_TRUE(t.ask(t.find_or_add(kLan, host(2)), Millis{1999})) << "each host for itself";
  EXPECT_TRUE(t.ask(id, Millis{5000}));
}

TEST(NeighbourTable, R41_AnAnswerOrALossLetsItAskAtOnce) {
  NeighbourTable t = table(8);
  const NextHopId id = t.find_or_add(kLan, host(1));
  EXPECT_TRUE(t.ask(id, Millis{100}));
  t.resolve(id, kTheirs);
  t.lose(id);
  EXPECT_TRUE(t.ask(id, Millis{101}));
  t.lose(id);
  EXPECT_TRUE(t.ask(id, Millis{102}));
}

TEST(NeighbourTable, R41_AsksAcrossTheClocksWrap) {
  NeighbourTable t = table(8);
  const NextHopId id = t.find_or_add(kLan, host(1));
  EXPECT_TRUE(t.ask(id, Millis{UINT32_MAX - 100}));
  EXPECT_FALSE(t.ask(id, Millis{100}));
  EXPECT_TRUE(t.ask(id, Millis{899}));
}

TEST(NeighbourTable, AScanLeavesHalfOfTheTable) {
  NeighbourTable t = table(16);
  std::size_t added = 0;
  for (std::uint32_t n = 0; n < 100; ++n) added += t.find_or_add(kLan, host(n)) != NextHopId::none;
  EXPECT_EQ(added, 9u) << "until half of the entries wait for an answer";
  EXPECT_NE(t.find_or_add_host(kLan, host(1000)), NextHopId::none) << "who has answered gets in";
  t.resolve(t.find(kLan, host(0)), kTheirs);
  t.resolve(t.find(kLan, host(1000)), kTheirs);
  EXPECT_NE(t.find_or_add(kLan, host(1001)), NextHopId::none) << "an answer makes room";
}

TEST(NeighbourTable, LostHostsWaitForAnAnswerToo) {
  NeighbourTable t = table(16);
  for (std::uint32_t n = 0; n < 9; ++n) t.resolve(t.find_or_add_host(kLan, host(n)), kTheirs);
  for (std::uint32_t n = 0; n < 9; ++n) t.lose(t.find(kLan, host(n)));
  EXPECT_EQ(t.find_or_add(kLan, host(100)), NextHopId::none);
  t.lose(t.find(kLan, host(0)));
  t.resolve(t.find(kLan, host(0)), kTheirs);
  EXPECT_NE(t.find_or_add(kLan, host(100)), NextHopId::none) << "lost twice counts once";
}

TEST(NeighbourTable, WhoMakesRoomWaitsNoLonger) {
  NeighbourTable t = table(4);
  for (std::uint32_t n = 0; n < 20; ++n) t.find_or_add_host(kLan, host(n));
  for (std::uint32_t n = 16; n < 20; ++n) t.resolve(t.find(kLan, host(n)), kTheirs);
  EXPECT_NE(t.find_or_add(kLan, host(100)), NextHopId::none);
}

TEST(NeighbourTable, WhoIsHeldStaysOthersMakeRoom) {
  NeighbourTable t = table(4);
  std::vector<NextHopId> ids;
  for (std::uint32_t n = 0; n < 4; ++n) {
    ids.push_back(t.find_or_add_host(kLan, host(n)));
    t.resolve(ids.back(), kTheirs);
    if (n != 2) t.hold(ids.back());
  }
  const NextHopId fifth = t.find_or_add(kLan, host(4));
  EXPECT_EQ(fifth, ids[2]);
  EXPECT_EQ(t[fifth].address, host(4));
  EXPECT_FALSE(t[fifth].resolved) << "nothing of the one before";
  EXPECT_EQ(t[fifth].holders, 0u);
  EXPECT_EQ(t.find(kLan, host(2)), NextHopId::none);
  for (const std::uint32_t n : {0u, 1u, 3u}) EXPECT_EQ(t.find(kLan, host(n)), ids[n]);
  t.hold(fifth);
  EXPECT_EQ(t.find_or_add_host(kLan, host(5)), NextHopId::none) << "all are held";
  t.release(ids[0]);
  EXPECT_EQ(t.find_or_add_host(kLan, host(5)), ids[0]);
}

TEST(NeighbourTable, LinuxIsThereFromTheStartAndNeverResolved) {
  NeighbourTable t = table(2);
  EXPECT_EQ(t[kKernelHop].port, PortIndex::kernel);
  EXPECT_FALSE(t[kKernelHop].resolved);
  EXPECT_EQ(t[kKernelHop].mtu, UINT16_MAX) << "no packet is too long for it";
  for (std::uint32_t n = 0; n < 9; ++n) t.find_or_add_host(kLan, host(n));
  EXPECT_EQ(t[kKernelHop].port, PortIndex::kernel) << "nobody takes its place";
}

/// Entries found by address agree with a map, whatever was recycled in between.
RC_GTEST_PROP(NeighbourTable, AgreesWithAModel, ()) {
  constexpr std::size_t kCapacity = 12;
  NeighbourTable t = table(kCapacity);
  std::map<std::uint32_t, NextHopId> held;
  for (const auto action :
       *rc::gen::container<std::vector<unsigned>>(300, rc::gen::inRange(0u, 120u))) {
    const std::uint32_t n = action % 40;
    const auto known = held.find(n);
    if (known != held.end() && action < 40) {
      t.release(known->second);
      held.erase(known);
    } else if (known == held.end()) {
      const NextHopId id = t.find_or_add_host(kLan, host(n));
      RC_ASSERT((id == NextHopId::none) == (held.size() == kCapacity));
      if (id == NextHopId::none) continue;
      t.hold(id);
      held[n] = id;
      if (action % 3 == 0) t.resolve(id, kTheirs);
    }
    for (const auto& [number, id] : held) {
      RC_ASSERT(t.find(kLan, host(number)) == id);
      RC_ASSERT(t[id].address == host(number));
    }
  }
}

}  // namespace
}  // namespace spillway
