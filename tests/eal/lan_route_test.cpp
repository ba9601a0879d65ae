// Networks behind a router in the LAN.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

constexpr Ipv4Addr kInner = Ipv4Addr::of(192, 168, 22, 7);
constexpr Ipv4Addr kFar = Ipv4Addr::of(10, 5, 1, 1);
constexpr Ipv4Prefix kFarNetwork{Ipv4Addr::of(10, 5, 0, 0), 16};

/// A router that reaches 10.5.0.0/16 by 192.168.22.7.
struct Routed : TestRouter {
  explicit Routed(const Options& options = {}) : TestRouter(options) {
    learn(kLan, kInner);
    config.lan_routes.push_back({kFarNetwork, kInner, kLan});
    config.lan_list.prefixes.push_back(kFarNetwork);
  }
};

FrameSpec between(Ipv4Addr src, Ipv4Addr dst) {
  FrameSpec s;
  s.src = src;
  s.dst = dst;
  return s;
}

bool goes_to(const Fate& fate, Ipv4Addr hop) {
  const MacAddr mac = mac_of(hop);
  return std::equal(mac.bytes.begin(), mac.bytes.end(), fate.frame.begin());
}

TEST(LanRoute, HostsBehindItReachTheInternetAndAreAnsweredByTheirRouter) {
  Routed router;
  const Fate out = router.packet(kLan, build_frame(between(kFar, kServer)));
  ASSERT_EQ(out.port, kWan1);
  EXPECT_EQ(out.src(), kIsp1Address);
  const Fate back = router.answer(out);
  ASSERT_EQ(back.port, kLan);
  EXPECT_EQ(back.dst(), kFar);
  EXPECT_TRUE(goes_to(back, kInner));
}

TEST(LanRoute, LanHostsReachThemWithoutTranslation) {
  Routed router;
  const Fate out = router.packet(kLan, build_frame(between(kHost, kFar)));
  ASSERT_EQ(out.port, kLan);
  EXPECT_EQ(out.src(), kHost);
  EXPECT_TRUE(goes_to(out, kInner));
  EXPECT_TRUE(goes_to(router.answer(out), kHost));
}

TEST(LanRoute, TheLongestPrefixDecides) {
  Routed router;
  const Ipv4Addr nearer = Ipv4Addr::of(192, 168, 22, 8);
  router.learn(kLan, nearer);
  router.config.lan_routes.insert(router.config.lan_routes.begin(),
                                  {{Ipv4Addr::of(10, 5, 1, 0), 24}, nearer, kLan});
  EXPECT_TRUE(goes_to(router.packet(kLan, build_frame(between(kHost, kFar))), nearer));
  EXPECT_TRUE(
      goes_to(router.packet(kLan, build_frame(between(kHost, Ipv4Addr::of(10, 5, 2, 1)))), kInner));
}

TEST(LanRoute, APortForwardMayLeadThere) {
  Routed router;
  const PortForwardSpec web{kIsp1, IpProto::udp, 80, 80, kFar, 8080};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  FrameSpec s = between(kServer, kIsp1Address);
  s.dst_port = 80;
  const Fate in = router.packet(kWan1, build_frame(s));
  ASSERT_EQ(in.port, kLan);
  EXPECT_EQ(in.dst(), kFar);
  EXPECT_TRUE(goes_to(in, kInner));
  EXPECT_EQ(router.answer(in).port, kWan1);
}

TEST(LanRoute, R20_TracerouteShowsTheRouterThatAnswers) {
  Routed router;
  const Fate there = router.packet(kLan, build_frame(between(kHost, kFar)));
  ASSERT_EQ(there.port, kLan);
  const Fate fate = router.packet(
      kLan, build_icmp_error(between(kInner, kHost), 11, 0, {there.ip(), there.ip() + 28}));
  // A frame that leaves by the port it came in by is taken for an error of ours.
  ASSERT_GT(fate.error.size(), kEtherHeader + 20u);
  const std::uint8_t* ip = fate.error.data() + kEtherHeader;
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)}, kInner);
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)}, kHost);
  EXPECT_TRUE(checksums_right(ip, fate.error.size() - kEtherHeader));
}

TEST(LanRoute, R16_R40_StrangersAreNotPickedUpMidStream) {
  Routed router;
  const PortForwardSpec web{kIsp1, IpProto::tcp, 80, 80, kFar, 80};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  FrameSpec s = between(kServer, kIsp1Address);
  s.proto = IpProto::tcp;
  s.dst_port = 80;
  s.tcp_flags = tcp::ack_flag;
  EXPECT_EQ(router.packet(kWan1, build_frame(s)).dropped, DropReason::unsolicited);
  s.tcp_flags = tcp::syn;
  EXPECT_EQ(router.packet(kWan1, build_frame(s)).port, kLan);
}

}  // namespace
}  // namespace spillway::test
