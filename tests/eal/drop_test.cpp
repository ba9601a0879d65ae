// Every packet that is not forwarded has its reason.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

FrameSpec between(Ipv4Addr src, Ipv4Addr dst) {
  FrameSpec s;
  s.src = src;
  s.dst = dst;
  return s;
}

struct DropRow {
  DropReason reason;
  PortIndex port;
  std::vector<std::uint8_t> frame;
};

std::vector<std::uint8_t> with(const FrameSpec& s, std::size_t at, std::uint8_t byte) {
  auto frame = build_frame(s);
  frame[at] = byte;
  return frame;
}

std::vector<DropRow> drop_rows() {
  const auto plain = build_frame({});
  FrameSpec fragment;
  fragment.fragment = 0x2000;
  FrameSpec route;
  route.ip_options = {131, 3, 4, 0};
  FrameSpec dccp;
  dccp.proto = IpProto::dccp;
  dccp.payload.assign(20, 0);
  FrameSpec mask;
  mask.proto = IpProto::icmp;
  mask.icmp_type = 17;
  FrameSpec old;
  old.ttl = 1;
  FrameSpec big;
  big.payload.assign(1600, 0);
  FrameSpec everyone;
  everyone.dst_mac = MacAddr{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
  FrameSpec stranger;
  stranger.dst_mac = MacAddr{{2, 9, 9, 9, 9, 9}};
  const Ipv4Addr everywhere = Ipv4Addr::of(255, 255, 255, 255);
  return {
      {DropReason::runt_frame, kLan, {plain.begin(), plain.begin() + 13}},
      {DropReason::not_for_us, kLan, build_frame(stranger)},
      {DropReason::vlan_tagged, kLan, with({}, 12, 0x81)},
      {DropReason::bad_ip_header, kLan, with({}, 14, 0x65)},
      {DropReason::bad_ip_checksum, kLan, with({}, 24, 0x77)},
      {DropReason::truncated, kLan, {plain.begin(), plain.end() - 1}},
      {DropReason::ip_option, kLan, build_frame(route)},
      {DropReason::fragment, kLan, build_frame(fragment)},
      {DropReason::bad_l4_header, kLan, with({}, 38, 0xff)},
      {DropReason::unsupported_protocol, kLan, build_frame(dccp)},
      {DropReason::martian_source, kLan, build_frame(between(Ipv4Addr::of(127, 0, 0, 1), kServer))},
      {DropReason::martian_source, kLan, build_frame(between(kHost, kHost))},
      {DropReason::martian_destination, kLan,
       build_frame(between(kHost, Ipv4Addr::of(127, 0, 0, 1)))},
      {DropReason::broadcast, kLan, build_frame(between(kHost, everywhere))},
      {DropReason::broadcast, kLan, build_frame(between(kHost, Ipv4Addr::of(192, 168, 22, 255)))},
      {DropReason::broadcast, kLan, build_frame(everyone)},
      {DropReason::multicast, kLan, build_frame(between(kHost, Ipv4Addr::of(224, 0, 0, 251)))},
      {DropReason::lan_source_outside, kLan,
       build_frame(between(kServer, Ipv4Addr::of(9, 9, 9, 9)))},
      {DropReason::lan_source_outside, kLan,
       build_frame(between(Ipv4Addr::of(192, 168, 22, 1), kServer))},
      {DropReason::uplink_source_inside, kWan1, build_frame(between(kHost, kIsp1Address))},
      {DropReason::not_translated, kWan1, build_frame(between(kServer, kHost))},
      {DropReason::ttl_expired, kLan, build_frame(old)},
      {DropReason::icmp_unsupported, kLan, build_frame(mask)},
      {DropReason::mtu_exceeded, kLan, build_frame(big)},
      {DropReason::no_neighbour, kLan, build_frame(between(kHost, Ipv4Addr::of(1, 1, 1, 77)))},
  };
}

TEST(Drops, R21_R22_R23_EveryBadPacketHasItsReason) {
  for (const DropRow& row : drop_rows()) {
    TestRouter router({.connections = 16});
    auto frame = row.frame;
    if (row.reason == DropReason::vlan_tagged) frame[13] = 0;
    EXPECT_EQ(router.packet(row.port, frame).dropped, row.reason) << name_of(row.reason);
    EXPECT_TRUE(router.balanced()) << name_of(row.reason);
  }
}

TEST(Drops, Ipv6AndOtherTypesAreCountedApart) {
  TestRouter router;
  auto frame = build_frame({});
  frame[12] = 0x86;
  frame[13] = 0xdd;
  EXPECT_EQ(router.packet(kLan, frame).dropped, DropReason::ipv6);
  frame[12] = 0x88;
  frame[13] = 0xcc;
  EXPECT_EQ(router.packet(kLan, frame).dropped, DropReason::non_ip);
  frame[12] = 0x08;
  frame[13] = 0x06;
  EXPECT_TRUE(router.packet(kLan, frame).punted);
  FrameSpec local;
  local.dst = Ipv4Addr::of(192, 168, 22, 1);
  EXPECT_TRUE(router.from_lan(local).punted);
  EXPECT_TRUE(router.balanced());
}

TEST(Drops, R45_WithoutAControlCorePuntsAreCountedDrops) {
  TestRouter router({.with_punt_ring = false});
  auto arp = build_frame({});
  arp[13] = 0x06;
  EXPECT_EQ(router.packet(kLan, arp).dropped, DropReason::punt_ring_full);
  EXPECT_TRUE(router.balanced());
}

TEST(Drops, R37_NoUplinkIsCounted) {
  TestRouter router;
  const Fate before = router.from_lan();
  router.word.active = UplinkId::none;
  router.word.usable = {};
  FrameSpec s;
  s.src_port = 1;
  EXPECT_EQ(router.from_lan(s).dropped, DropReason::no_uplink);
  EXPECT_EQ(router.answer(before).port, kLan);
}

TEST(Drops, R40_AFloodDisplacesWhatNobodyHasAnsweredAndNothingElse) {
  TestRouter router({.connections = 64});
  std::vector<Fate> answered;
  FrameSpec s;
  for (std::uint16_t port = 1; port <= 20; ++port) {
    s.src_port = port;
    answered.push_back(router.from_lan(s));
    EXPECT_EQ(router.answer(answered.back()).port, kLan);
  }
  for (std::uint16_t port = 1000; port < 1500; ++port) {
    s.src_port = port;
    EXPECT_EQ(router.from_lan(s).port, kWan1) << "new ones come through";
  }
  EXPECT_EQ(router.connections().size(), 64u);
  EXPECT_EQ(router.counters().displaced.get(), 500u - 44u);
  for (const Fate& fate : answered) EXPECT_EQ(router.answer(fate).port, kLan);
}

TEST(Drops, R40_ATableFullOfAnsweredConnectionsRefusesNewOnes) {
  TestRouter router({.connections = 8, .counted_hosts = 8});
  std::vector<Fate> answered;
  FrameSpec s;
  for (std::uint16_t port = 1; port <= 8; ++port) {
    s.src_port = port;
    answered.push_back(router.from_lan(s));
    router.answer(answered.back());
  }
  s.src_port = 99;
  EXPECT_EQ(router.from_lan(s).dropped, DropReason::table_full);
  for (const Fate& fate : answered) EXPECT_EQ(router.answer(fate).port, kLan);
}

/// What was displaced within a burst is not found by the burst's later packets.
TEST(Drops, R40_ABurstMayDisplaceItsOwn) {
  TestRouter router({.connections = 4});
  std::vector<std::vector<std::uint8_t>> burst;
  FrameSpec s;
  for (std::uint16_t i = 0; i < 60; ++i) {
    s.src_port = static_cast<std::uint16_t>(1 + i % 9);
    burst.push_back(build_frame(s));
  }
  for (const Fate& fate : router.burst(kLan, burst)) EXPECT_EQ(fate.port, kWan1);
  EXPECT_EQ(router.connections().size(), 4u);
}

TEST(Drops, NoRouteToWhatIsCalledLanButIsNowhere) {
  TestRouter router;
  router.config.lan_list.prefixes.push_back({Ipv4Addr::of(10, 99, 0, 0), 16});
  EXPECT_EQ(router.from_lan(between(kHost, Ipv4Addr::of(10, 99, 1, 1))).dropped,
            DropReason::no_route);
}

TEST(Drops, R25_HeadersThatCannotBeJoined) {
  TestRouter router;
  FrameSpec s;
  s.payload.assign(3000, 1);
  EXPECT_EQ(router.scattered(kLan, build_frame(s), 100).dropped, DropReason::headers_split);
  EXPECT_TRUE(router.balanced());
}

}  // namespace
}  // namespace spillway::test
