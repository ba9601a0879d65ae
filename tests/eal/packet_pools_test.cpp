#include "control/router/packet_pools.h"

#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include "control/machine.h"

namespace spillway {
namespace {

PacketPools::Needs needs() {
  return {.packets = 3000, .packet_room = 1500, .datagrams = 1500, .datagram_room = 12000};
}

TEST(PacketPools, EachNodeHasWhatItsWorkersNeed) {
  const PacketPools pools(needs(), {0, 1, 1});
  EXPECT_NE(pools.packets(0), pools.packets(1));
  EXPECT_EQ(pools.packets(1), pools.packets(2));
  EXPECT_EQ(pools.packets(0)->size, 1000u);
  EXPECT_EQ(pools.packets(1)->size, 2000u);
  EXPECT_EQ(pools.packets(), pools.packets(0)) << "of the control core";
  EXPECT_EQ(pools.for_room(9000, 0)->size, 500u);
  EXPECT_EQ(pools.for_room(9000, 2)->size, 1000u);
  EXPECT_EQ(pools.for_room(1500, 2), pools.packets(2));
  EXPECT_NE(pools.fragment_headers(0), pools.fragment_headers(1));
  EXPECT_NE(pools.fragment_bodies(0), pools.fragment_bodies(1));
}

TEST(PacketPools, OnOneNodeAllWorkersShareThem) {
  const PacketPools pools(needs(), {kAnyNode, kAnyNode});
  EXPECT_EQ(pools.packets(0), pools.packets(1));
  EXPECT_EQ(pools.packets(0)->size, 3000u);
}

TEST(PacketPools, R45_BuffersThatAreOutAreCountedOnEveryNode) {
  const PacketPools pools(needs(), {0, 1});
  rte_mbuf* one = rte_pktmbuf_alloc(pools.packets(0));
  rte_mbuf* other = rte_pktmbuf_alloc(pools.packets(1));
  ASSERT_TRUE(one != nullptr && other != nullptr);
  EXPECT_EQ(pools.in_use(), 2u);
  rte_pktmbuf_free(one);
  rte_pktmbuf_free(other);
  EXPECT_EQ(pools.in_use(), 0u);
}

}  // namespace
}  // namespace spillway
