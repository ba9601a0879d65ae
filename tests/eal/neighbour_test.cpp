// Packets whose next hop is not known yet: they wait, the control core is asked, they leave in
// order or end.

#include <gtest/gtest.h>

#include <vector>

#include "dataplane/net/headers.h"
#include "dataplane/path/pending_packets.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;
using Kind = NeighbourNote::Kind;

constexpr Ipv4Addr kNear = Ipv4Addr::of(1, 1, 1, 77);  ///< on the first uplink's own network

const TestRouter::Options kAsks{.wanted = 64};

/// The n-th packet to `dst`; its payload says which.
FrameSpec numbered(unsigned n, Ipv4Addr dst = kNear) {
  FrameSpec s;
  s.dst = dst;
  s.payload = {static_cast<std::uint8_t>(n)};
  return s;
}

unsigned number_of(const Bytes& frame) {
  return frame.back();
}

std::vector<unsigned> numbers_of(const std::vector<Sent>& sent) {
  std::vector<unsigned> numbers;
  for (const Sent& s : sent) {
    EXPECT_EQ(s.port, kWan1);
    numbers.push_back(number_of(s.frame));
  }
  return numbers;
}

bool waits(const Fate& fate) {
  return !fate.port && !fate.dropped && !fate.punted;
}

TEST(Neighbours, PacketsWaitAndLeaveInOrder) {
  TestRouter router(kAsks);
  for (unsigned n = 1; n <= 5; ++n) EXPECT_TRUE(waits(router.from_lan(numbered(n))));
  EXPECT_EQ(router.pipeline().held(), 5u);
  EXPECT_TRUE(router.balanced());
  const auto out = router.tell(Kind::known, kWan1, kNear);
  EXPECT_EQ(numbers_of(out), (std::vector<unsigned>{1, 2, 3, 4, 5}));
  FrameSpec expected = numbered(1);
  expected.src = kIsp1Address;
  expected.src_mac = kRouterMac;
  expected.dst_mac = mac_of(kNear);
  --expected.ttl;
  EXPECT_EQ(out[0].frame, build_frame(expected));
  EXPECT_EQ(router.pipeline().held(), 0u);
  const Fate next = router.from_lan(numbered(6));
  ASSERT_EQ(next.port, kWan1);
  EXPECT_EQ(number_of(next.frame), 6u) << "who comes later leaves later";
}

TEST(Neighbours, ConnectionsKeepTheirOrderWithOthersInBetween) {
  TestRouter router(kAsks);
  const Ipv4Addr other = Ipv4Addr::of(1, 1, 1, 78);
  for (unsigned n = 1; n <= 6; ++n) {
    FrameSpec s = numbered(n, n % 3 == 0 ? other : kNear);
    s.src_port = static_cast<std::uint16_t>(1000 + n % 2);
    router.from_lan(s);
  }
  EXPECT_EQ(numbers_of(router.tell(Kind::known, kWan1, kNear)),
            (std::vector<unsigned>{1, 2, 4, 5}));
  EXPECT_EQ(numbers_of(router.tell(Kind::known, kWan1, other)), (std::vector<unsigned>{3, 6}));
}

TEST(Neighbours, R41_TheControlCoreIsAskedOnceASecond) {
  TestRouter router(kAsks);
  router.from_lan(numbered(1));
  router.from_lan(numbered(2));
  const auto first = router.wanted();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].kind, Kind::wanted);
  EXPECT_EQ(first[0].address, kNear);
  EXPECT_EQ(first[0].port, kWan1);
  router.pass(999ms);
  router.from_lan(numbered(3));
  EXPECT_TRUE(router.wanted().empty());
  router.pass(1ms);
  router.from_lan(numbered(4));
  EXPECT_EQ(router.wanted().size(), 1u);
}

TEST(Neighbours, R41_EveryHostIsAskedForByItself) {
  TestRouter router(kAsks);
  for (unsigned host = 70; host < 75; ++host)
    router.from_lan(numbered(host, Ipv4Addr::of(1, 1, 1, host)));
  const auto asked = router.wanted();
  ASSERT_EQ(asked.size(), 5u);
  for (unsigned i = 0; i < 5; ++i) EXPECT_EQ(asked[i].address, Ipv4Addr::of(1, 1, 1, 70 + i));
}

TEST(Neighbours, FarHostsAreReachedByTheGateway) {
  TestRouter router(kAsks);
  EXPECT_TRUE(router.tell(Kind::lost, kWan1, kIsp1Gateway).empty());
  EXPECT_TRUE(waits(router.from_lan()));
  const auto asked = router.wanted();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].address, kIsp1Gateway);
  EXPECT_EQ(router.tell(Kind::known, kWan1, kIsp1Gateway).size(), 1u);
}

TEST(Neighbours, R38_AnswersToNearHostsTakeNoDetourByTheGateway) {
  TestRouter router(kAsks);
  const PortForwardSpec web{kIsp1, IpProto::udp, 53, 53, kHost, 53};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  FrameSpec s = numbered(1, kIsp1Address);
  s.src = kNear;
  const Fate in = router.packet(kWan1, build_frame(s));
  ASSERT_EQ(in.port, kLan);
  EXPECT_TRUE(waits(router.answer(in)));
  const auto asked = router.wanted();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].address, kNear);
  EXPECT_EQ(asked[0].port, kWan1);
}

TEST(Neighbours, OneHopHoldsNoMoreThanItsShare) {
  TestRouter router(kAsks);
  for (unsigned n = 1; n <= PendingPackets::kPerHop; ++n)
    EXPECT_TRUE(waits(router.from_lan(numbered(n))));
  EXPECT_EQ(router.from_lan(numbered(9)).dropped, DropReason::no_neighbour);
  EXPECT_TRUE(waits(router.from_lan(numbered(10, Ipv4Addr::of(1, 1, 1, 78)))));
  EXPECT_EQ(numbers_of(router.tell(Kind::known, kWan1, kNear)),
            (std::vector<unsigned>{1, 2, 3, 4, 5, 6, 7, 8}))
      << "the oldest stay: they open connections";
}

TEST(Neighbours, R40_AllHopsHoldNoMoreThanTheirs) {
  TestRouter router(kAsks);
  unsigned waiting = 0;
  for (unsigned host = 100; host < 140; ++host)
    for (unsigned n = 0; n < 8; ++n)
      waiting += waits(router.from_lan(numbered(n, Ipv4Addr::of(1, 1, 1, host))));
  EXPECT_EQ(waiting, PendingPackets::kCapacity);
  EXPECT_EQ(router.pipeline().held(), 256u);
  EXPECT_EQ(router.drops(DropReason::no_neighbour), 64u);
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.from_lan().port, kWan1) << "others do not suffer";
  router.pipeline().drain();
  EXPECT_EQ(router.drops(DropReason::no_neighbour), 64 + 256u);
}

/// A host that answers is found although the waiting room is full of packets to hosts that do not.
TEST(Neighbours, R40_AFullWaitingRoomStopsNoQuestion) {
  TestRouter router({.wanted = 128});
  for (unsigned host = 100; host < 132; ++host)
    for (unsigned n = 0; n < 8; ++n) router.from_lan(numbered(n, Ipv4Addr::of(1, 1, 1, host)));
  router.wanted();
  EXPECT_EQ(router.from_lan(numbered(1)).dropped, DropReason::no_neighbour);
  const auto asked = router.wanted();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].address, kNear);
  router.tell(Kind::known, kWan1, kNear);
  EXPECT_EQ(router.from_lan(numbered(2)).port, kWan1);
}

/// The note that was lost in a full ring is written again, also when the hop's share waits.
TEST(Neighbours, R45_AFullRingOfQuestionsLosesNoHostForEver) {
  TestRouter router({.wanted = 1});
  router.from_lan(numbered(1, Ipv4Addr::of(1, 1, 1, 78)));
  for (unsigned n = 1; n <= PendingPackets::kPerHop; ++n) router.from_lan(numbered(n));
  const auto asked = router.wanted();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_NE(asked[0].address, kNear);
  router.pass(1s);
  EXPECT_EQ(router.from_lan(numbered(9)).dropped, DropReason::no_neighbour);
  const auto again = router.wanted();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].address, kNear);
}

TEST(Neighbours, ALostHostEndsWhatWaitedForIt) {
  TestRouter router(kAsks);
  for (unsigned n = 1; n <= 3; ++n) router.from_lan(numbered(n));
  EXPECT_EQ(router.wanted().size(), 1u);
  EXPECT_TRUE(router.tell(Kind::lost, kWan1, kNear).empty());
  EXPECT_EQ(router.drops(DropReason::no_neighbour), 3u);
  EXPECT_EQ(router.pipeline().held(), 0u);
  EXPECT_TRUE(router.balanced());
  EXPECT_TRUE(waits(router.from_lan(numbered(4))));
  EXPECT_EQ(router.wanted().size(), 1u) << "asked anew, at once";
}

TEST(Neighbours, AnAnsweringHostMayBeLostToo) {
  TestRouter router(kAsks);
  const Fate out = router.from_lan();
  router.tell(Kind::lost, kLan, kHost);
  EXPECT_TRUE(waits(router.answer(out)));
  const auto asked = router.wanted();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].address, kHost);
  EXPECT_EQ(asked[0].port, kLan);
  const auto back = router.tell(Kind::known, kLan, kHost);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].port, kLan);
  EXPECT_TRUE(checksums_right(back[0].frame.data() + 14, back[0].frame.size() - 14));
}

TEST(Neighbours, ANewAddressIsUsedFromThenOn) {
  TestRouter router;
  const Fate before = router.from_lan();
  router.begin();
  router.pipeline().note({kIsp1Gateway, MacAddr{{2, 7, 7, 7, 7, 7}}, kWan1, Kind::known});
  const Fate after = router.from_lan();
  EXPECT_NE(after.frame, before.frame);
  EXPECT_EQ(after.frame[1], 7);
}

TEST(Neighbours, NewsOfStrangersHarmNothing) {
  TestRouter router(kAsks);
  EXPECT_TRUE(router.tell(Kind::lost, kWan1, Ipv4Addr::of(1, 1, 1, 99)).empty());
  EXPECT_TRUE(router.tell(Kind::known, kWan1, Ipv4Addr::of(1, 1, 1, 98)).empty());
  EXPECT_EQ(router.from_lan(numbered(1, Ipv4Addr::of(1, 1, 1, 98))).port, kWan1)
      << "told before anybody asked";
}

TEST(Neighbours, TheSameAddressOnAnotherPortIsAnother) {
  TestRouter router(kAsks);
  router.from_lan(numbered(1));
  EXPECT_TRUE(router.tell(Kind::known, kWan2, kNear).empty());
  EXPECT_EQ(router.pipeline().held(), 1u);
}

/// Who waits keeps its hop, though the connection ended and a scan wants the place.
TEST(Neighbours, R43_APlaceIsNotGivenAwayWhilePacketsWaitForIt) {
  TestRouter router({.connections = 64, .neighbours = 8, .wanted = 64});
  EXPECT_TRUE(waits(router.from_lan(numbered(1))));
  router.pass(11s);
  router.expire();
  EXPECT_EQ(router.connections().size(), 0u);
  for (unsigned host = 100; host < 130; ++host) {
    router.tell(Kind::known, kWan1, Ipv4Addr::of(1, 1, 1, host));
    router.from_lan(numbered(host, Ipv4Addr::of(1, 1, 1, host)));
    router.pass(11s);
    router.expire();
  }
  const auto out = router.tell(Kind::known, kWan1, kNear);
  ASSERT_EQ(out.size(), 1u);
  const MacAddr to = mac_of(kNear);
  EXPECT_TRUE(std::equal(to.bytes.begin(), to.bytes.end(), out[0].frame.begin()));
}

TEST(Neighbours, R40_WhatOpensNothingHoldsNobody) {
  TestRouter router({.connections = 4, .neighbours = 16});
  for (std::uint16_t port = 1; port <= 4; ++port) {
    FrameSpec s;
    s.src_port = port;
    router.answer(router.from_lan(s));
  }
  for (unsigned host = 100; host < 130; ++host) {
    const Ipv4Addr near = Ipv4Addr::of(1, 1, 1, host);
    router.learn(kWan1, near);
    EXPECT_EQ(router.from_lan(numbered(host, near)).dropped, DropReason::table_full) << host;
  }
}

TEST(Neighbours, WithoutAnybodyToAskPacketsEnd) {
  TestRouter router;
  EXPECT_EQ(router.from_lan(numbered(1)).dropped, DropReason::no_neighbour);
}

TEST(Neighbours, R24_ALongPacketWaitsWholeAndIsCutThen) {
  TestRouter::Options options;
  options.with_fragments = true;
  options.wanted = 64;
  options.mtu = {9000, 1500, 1500};
  TestRouter router(options);
  FrameSpec s = numbered(1);
  s.payload.assign(5000, 9);
  EXPECT_TRUE(router.feed(kLan, {build_frame(s)}).empty());
  EXPECT_EQ(router.pipeline().held(), 1u);
  const auto out = router.tell(Kind::known, kWan1, kNear);
  EXPECT_EQ(out.size(), 4u);
  std::vector<Bytes> frames;
  for (const Sent& sent : out) frames.push_back(sent.frame);
  const Bytes whole = put_together(frames);
  ASSERT_FALSE(whole.empty());
  EXPECT_TRUE(checksums_right(whole.data() + 14, whole.size() - 14));
}

TEST(Neighbours, R24_AJoinedDatagramWaitsToo) {
  TestRouter router({.wanted = 64, .with_fragments = true});
  FrameSpec s = numbered(1);
  s.payload.assign(3000, 9);
  EXPECT_TRUE(router.feed(kLan, cut_every(build_frame(s), 1480)).empty());
  EXPECT_EQ(router.pipeline().held(), 1u);
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.tell(Kind::known, kWan1, kNear).size(), 3u);
}

TEST(Neighbours, R18_AnIcmpErrorWaitsLikeAnyPacket) {
  TestRouter router(kAsks);
  const Fate out = router.from_lan();
  router.tell(Kind::lost, kLan, kHost);
  FrameSpec hop;
  hop.src = Ipv4Addr::of(9, 9, 9, 9);
  hop.dst = kIsp1Address;
  const Bytes about(out.frame.begin() + 14, out.frame.end());
  EXPECT_TRUE(waits(router.packet(kWan1, build_icmp_error(hop, 11, 0, about))));
  EXPECT_EQ(router.tell(Kind::known, kLan, kHost).size(), 1u);
}

}  // namespace
}  // namespace spillway::test
