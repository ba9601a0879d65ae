// Connections that the router's own Linux opens, and ICMP errors to and from it.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

FrameSpec from(Ipv4Addr src, Ipv4Addr dst = kServer) {
  FrameSpec s;
  s.src = src;
  s.dst = dst;
  return s;
}

bool right(const Fate& f) {
  return checksums_right(f.ip(), f.frame.size() - kEtherHeader);
}

Bytes packet_in(const Fate& fate) {
  return {fate.ip(), fate.ip() + fate.frame.size() - kEtherHeader};
}

struct Choice {
  const char* what;
  Ipv4Addr src;  ///< as Linux chose
  Ipv4Addr dst;
  UplinkSet usable;
  PortIndex expected;
};

TEST(KernelOpens, R23_ByTheMainTableWithTheSourceOfTheChosenUplink) {
  const UplinkSet both = UplinkSet::first(2);
  const UplinkSet second(2);
  const Choice rows[] = {
      {"the first by distance", kIsp1Address, kServer, both, kWan1},
      {"Linux chose the other's address", kIsp2Address, kServer, both, kWan1},
      {"or the LAN's", kRouter, kServer, both, kWan1},
      {"the first is down", kIsp1Address, kServer, second, kWan2},
      {"a host on the second's own network", kIsp1Address, Ipv4Addr::of(2, 2, 2, 99), both, kWan2},
  };
  for (const Choice& row : rows) {
    SCOPED_TRACE(row.what);
    TestRouter router;
    router.learn(kWan2, Ipv4Addr::of(2, 2, 2, 99));
    router.word.usable = row.usable;
    router.word.active = kIsp2;  // the balance mode has no say here
    const Fate out = router.from_kernel(from(row.src, row.dst));
    ASSERT_EQ(out.port, row.expected);
    const bool first = row.expected == kWan1;
    EXPECT_EQ(out.src(), first ? kIsp1Address : kIsp2Address);
    EXPECT_EQ(out.src_port(), 40000);
    EXPECT_EQ(out.ip()[ipv4::ttl], 64);
    EXPECT_TRUE(right(out));
    const auto& opened = router.counters().opened[static_cast<std::size_t>(Mark::router_to_wan)];
    EXPECT_EQ(opened[first ? 0 : 1].get(), 1u);
    const Fate back = router.answer(out);
    ASSERT_TRUE(back.punted);
    EXPECT_EQ(back.dst(), row.src) << "Linux knows it by its own choice";
    EXPECT_EQ(back.ip()[ipv4::ttl], 64);
    EXPECT_TRUE(right(back));
  }
}

TEST(KernelOpens, R01_ItSharesNoPortWithALanHost) {
  TestRouter router;
  const Fate lan = router.from_lan();
  const Fate own = router.from_kernel(from(kIsp1Address));
  ASSERT_TRUE(lan.port && own.port);
  EXPECT_EQ(lan.src_port(), 40000);
  EXPECT_NE(own.src_port(), 40000);
  const Fate back = router.answer(own);
  ASSERT_TRUE(back.punted);
  EXPECT_EQ(back.dst_port(), 40000);
  EXPECT_EQ(router.answer(lan).port, kLan);
}

/// Where LAN hosts keep their addresses, Linux still must not use another uplink's.
TEST(KernelOpens, R01_R23_AnUplinkWithoutMasqueradingToo) {
  TestRouter router;
  router.config.uplinks[0].masquerade = false;
  const Fate own = router.from_kernel(from(kIsp2Address));
  ASSERT_EQ(own.port, kWan1);
  EXPECT_EQ(own.src(), kIsp1Address);
  const Fate second = router.from_kernel(from(kIsp1Address));
  ASSERT_EQ(second.port, kWan1);
  EXPECT_NE(second.src_port(), own.src_port()) << "both use one address now";
}

TEST(KernelOpens, LanHostsAreReachedAsTheRouter) {
  TestRouter router;
  const Fate out = router.from_kernel(from(kRouter, kHost));
  ASSERT_EQ(out.port, kLan);
  EXPECT_EQ(out.src(), kRouter);
  EXPECT_TRUE(router.answer(out).punted);
}

TEST(KernelOpens, R20_TracerouteFromTheRouterItself) {
  TestRouter router;
  FrameSpec s = from(kIsp1Address);
  s.ttl = 1;
  const Fate out = router.from_kernel(s);
  ASSERT_EQ(out.port, kWan1) << "the first hop is the gateway";
  EXPECT_EQ(out.ip()[ipv4::ttl], 1);
  s.ttl = 0;
  EXPECT_EQ(router.from_kernel(s).dropped, DropReason::ttl_expired);
}

TEST(KernelOpens, R22_R23_OnlyWithAnAddressOfTheRouter) {
  TestRouter router;
  EXPECT_EQ(router.from_kernel(from(kHost)).dropped, DropReason::martian_source);
  EXPECT_EQ(router.from_kernel(from(Ipv4Addr::of(127, 0, 0, 1))).dropped,
            DropReason::martian_source);
  EXPECT_EQ(router.from_kernel(from(kRouter, Ipv4Addr::of(224, 0, 0, 18))).dropped,
            DropReason::multicast);
}

TEST(KernelOpens, R37_LinuxHearsThatThereIsNoUplink) {
  TestRouter router;
  router.word.usable = {};
  router.word.active = UplinkId::none;
  const Fate fate = router.from_kernel(from(kIsp1Address));
  EXPECT_EQ(router.drops(DropReason::no_uplink), 1u);
  const std::uint8_t* ip = fate.error.data() + kEtherHeader;
  ASSERT_GE(fate.error.size(), kEtherHeader + kIcmpErrorHeaders);
  EXPECT_EQ(ip[20], 3);
  EXPECT_EQ(ip[21], 0);
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)}, kIsp1Gateway)
      << "it would not believe its own address";
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)}, kIsp1Address);
  EXPECT_EQ(router.counters().punted.get(), 1u);
}

TEST(KernelOpens, R20_LinuxHearsOfANarrowLink) {
  TestRouter router({.with_fragments = true, .mtu = {1500, 1400, 1400}});
  FrameSpec s = from(kIsp1Address);
  s.payload.assign(1450, 1);
  s.fragment = 0x4000;
  const Fate fate = router.from_kernel(s);
  EXPECT_EQ(router.drops(DropReason::mtu_exceeded), 1u);
  ASSERT_FALSE(fate.error.empty());
  EXPECT_EQ(swap16(load<std::uint16_t>(fate.error.data() + kEtherHeader + 26)), 1400);
  s.fragment = 0;
  EXPECT_EQ(router.feed(PortIndex::kernel, {build_frame(s)}).size(), 2u);
}

TEST(KernelOpens, R06_LinuxHasNoCap) {
  TestRouter router({.counted_hosts = 8});
  router.config.per_lan_host = 1;
  FrameSpec s = from(kIsp1Address);
  for (std::uint16_t port = 1; port < 5; ++port) {
    s.src_port = port;
    EXPECT_EQ(router.from_kernel(s).port, kWan1);
  }
}

TEST(KernelOpens, R12_ItsConnectionsEndLikeAnyOther) {
  TestRouter router;
  const Fate out = router.from_kernel(from(kIsp1Address));
  router.pass(std::chrono::seconds(11));
  router.expire();
  EXPECT_EQ(router.connections().size(), 0u);
  EXPECT_EQ(router.answer(out).dropped, DropReason::unsolicited);
}

FrameSpec hop_on_the_way(std::uint8_t ttl = 64) {
  FrameSpec s;
  s.src = Ipv4Addr::of(9, 9, 9, 9);
  s.dst = kIsp1Address;
  s.ttl = ttl;
  return s;
}

TEST(KernelOpens, R18_ErrorsAboutItsConnectionsReachLinux) {
  TestRouter router;
  FrameSpec sent = from(kIsp2Address);
  sent.payload.assign(32, 0x5a);
  const Fate out = router.from_kernel(sent);
  ASSERT_EQ(out.port, kWan1);
  const Fate in = router.packet(kWan1, build_icmp_error(hop_on_the_way(), 11, 0, packet_in(out)));
  ASSERT_TRUE(in.punted);
  EXPECT_EQ(in.src(), Ipv4Addr::of(9, 9, 9, 9));
  EXPECT_EQ(in.dst(), kIsp2Address) << "as Linux knows the connection";
  EXPECT_TRUE(right(in));
  const Bytes original = build_frame(sent);
  EXPECT_EQ(Bytes(in.ip() + 28, in.ip() + in.frame.size() - kEtherHeader),
            Bytes(original.begin() + 14, original.end()))
      << "and the packet that it sent";
}

TEST(KernelOpens, R19_ErrorsAboutNothingOfItsDoNot) {
  TestRouter router;
  router.config.local.deliver = true;
  const Bytes frame = build_frame(from(kIsp1Address));
  const Bytes about(frame.begin() + 14, frame.end());
  EXPECT_EQ(router.packet(kWan1, build_icmp_error(hop_on_the_way(), 3, 1, about)).dropped,
            DropReason::icmp_unmatched);
}

/// RFC 1812 5.3.1: only forwarding takes from the TTL.
TEST(KernelOpens, R18_TheTtlOfItsErrorsStays) {
  TestRouter router;
  const Fate out = router.from_kernel(from(kIsp1Address));
  const Fate in = router.packet(kWan1, build_icmp_error(hop_on_the_way(1), 11, 0, packet_in(out)));
  ASSERT_TRUE(in.punted);
  EXPECT_EQ(in.ip()[ipv4::ttl], 1);
  EXPECT_TRUE(right(in));
}

TEST(KernelOpens, R38_ErrorsOfLinuxLeaveByTheUplinkThatTheyAreAbout) {
  TestRouter router;
  router.config.local = LocalServices({{UplinkId::none, IpProto::udp, 53, 53}});
  router.config.local.deliver = true;
  const Fate in = router.packet(kWan2, build_frame(from(kServer, kIsp2Address)));
  ASSERT_TRUE(in.punted);
  FrameSpec refusal = from(kIsp2Address, kServer);
  const Fate out = router.packet(PortIndex::kernel, build_icmp_error(refusal, 3, 3, packet_in(in)));
  ASSERT_EQ(out.port, kWan2) << "though the first uplink is active";
  EXPECT_EQ(out.src(), kIsp2Address);
  EXPECT_EQ(out.dst(), kServer);
  EXPECT_EQ(out.ip()[ipv4::ttl], 64);
  EXPECT_TRUE(right(out));
  EXPECT_TRUE(checksums_right(out.ip() + 28, out.frame.size() - 42));
}

}  // namespace
}  // namespace spillway::test
