#include "dataplane/path/pending_packets.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace spillway {
namespace {

constexpr NextHopId kFirst{1};
constexpr NextHopId kSecond{2};

/// Packets are never looked into here.
rte_mbuf* packet(std::uintptr_t n) {
  return reinterpret_cast<rte_mbuf*>(n);
}

TEST(PendingPackets, EachHopGetsItsOwnInOrder) {
  PendingPackets pending;
  for (std::uintptr_t n = 1; n <= 6; ++n)
    EXPECT_TRUE(pending.push(n % 2 == 0 ? kSecond : kFirst, packet(n)));
  EXPECT_EQ(pending.size(), 6u);
  for (const std::uintptr_t n : {2u, 4u, 6u}) EXPECT_EQ(pending.pop(kSecond), packet(n));
  EXPECT_EQ(pending.pop(kSecond), nullptr);
  for (const std::uintptr_t n : {1u, 3u, 5u}) EXPECT_EQ(pending.pop(kFirst), packet(n));
  EXPECT_EQ(pending.size(), 0u);
}

TEST(PendingPackets, OneHopHasItsMaximum) {
  PendingPackets pending;
  for (std::uintptr_t n = 1; n <= PendingPackets::kPerHop; ++n)
    EXPECT_TRUE(pending.push(kFirst, packet(n)));
  EXPECT_FALSE(pending.push(kFirst, packet(99)));
  EXPECT_TRUE(pending.push(kSecond, packet(100))) << "others do not suffer";
  EXPECT_EQ(pending.pop(kFirst), packet(1));
  EXPECT_TRUE(pending.push(kFirst, packet(9)));
}

TEST(PendingPackets, AllTogetherHaveTheirs) {
  PendingPackets pending;
  for (std::uint16_t hop = 1; hop <= PendingPackets::kCapacity; ++hop)
    EXPECT_TRUE(pending.push(NextHopId{hop}, packet(hop)));
  EXPECT_FALSE(pending.push(NextHopId{1000}, packet(1)));
  EXPECT_EQ(pending.pop(NextHopId{17}), packet(17));
  EXPECT_TRUE(pending.push(NextHopId{1000}, packet(1)));
}

TEST(PendingPackets, TheOldestOfAll) {
  PendingPackets pending;
  EXPECT_EQ(pending.pop_any().packet, nullptr);
  pending.push(kSecond, packet(1));
  pending.push(kFirst, packet(2));
  const auto oldest = pending.pop_any();
  EXPECT_EQ(oldest.packet, packet(1));
  EXPECT_EQ(oldest.hop, kSecond);
  EXPECT_EQ(pending.pop_any().packet, packet(2));
  EXPECT_EQ(pending.pop_any().packet, nullptr);
}

RC_GTEST_PROP(PendingPackets, AgreesWithAModel, ()) {
  PendingPackets pending;
  std::deque<std::pair<NextHopId, rte_mbuf*>> model;
  std::uintptr_t next = 1;
  for (const auto action : *rc::gen::container<std::vector<int>>(600, rc::gen::inRange(0, 100))) {
    const NextHopId hop{static_cast<std::uint16_t>(action % 40)};
    const auto of_hop = [hop](const auto& w) { return w.first == hop; };
    if (action < 80) {
      const bool room = model.size() < PendingPackets::kCapacity &&
                        std::count_if(model.begin(), model.end(), of_hop) < 8;
      RC_ASSERT(pending.push(hop, packet(next)) == room);
      if (room) model.emplace_back(hop, packet(next));
      ++next;
    } else {
      const auto oldest = std::find_if(model.begin(), model.end(), of_hop);
      const bool same = pending.pop(hop) == (oldest == model.end() ? nullptr : oldest->second);
      RC_ASSERT(same);
      if (oldest != model.end()) model.erase(oldest);
    }
    RC_ASSERT(pending.size() == model.size());
  }
}

}  // namespace
}  // namespace spillway
