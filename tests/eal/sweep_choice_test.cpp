// Whom an order over connections means: who can go elsewhere, and who came from there (R35, R36).

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/orders.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;

constexpr Ipv4Addr kPinned = Ipv4Addr::of(9, 9, 9, 11);
constexpr Millis kAlways{0};
constexpr Millis kNow{2'000'000};

/// Udp of kHost to `dst`, from a port of its own.
FrameSpec to(Ipv4Addr dst, std::uint16_t port = 40000) {
  FrameSpec s;
  s.dst = dst;
  s.src_port = port;
  return s;
}

PolicyRuleSpec rule(Ipv4Addr dst, UplinkSet uplinks) {
  PolicyRuleSpec spec;
  spec.to = {dst, 32};
  spec.uplinks = uplinks;
  return spec;
}

void obey(TestRouter& router, const PolicyRuleSpec& spec) {
  router.config.policy = PolicyTable(std::span(&spec, 1));
}

void only_usable(TestRouter& router, UplinkId uplink) {
  router.word.active = uplink;
  router.word.usable = only(uplink);
}

void both_usable(TestRouter& router) {
  router.word.active = kIsp1;
  router.word.usable = UplinkSet::first(2);
}

/// A connection that the LAN host gets by ISP_1.
Fate open_inbound(TestRouter& router, UplinkId uplink) {
  FrameSpec s;
  s.src = kServer;
  s.dst = uplink == kIsp1 ? kIsp1Address : kIsp2Address;
  s.proto = IpProto::tcp;
  s.dst_port = 80;
  return router.packet(uplink == kIsp1 ? kWan1 : kWan2, build_frame(s));
}

TEST(SweepChoice, R35_WhomARuleBindsToTheDeadUplinkStays) {
  TestRouter router;
  obey(router, rule(kPinned, only(kIsp1)));
  router.from_lan(to(kPinned));
  router.from_lan(to(kServer));
  only_usable(router, kIsp2);
  router.order(leave(kIsp1));
  EXPECT_EQ(router.connections().size(), 1u);
  EXPECT_EQ(router.from_lan(to(kPinned)).port, kWan1) << "it waits for its uplink";
}

TEST(SweepChoice, R35_WhomARuleBindsToAGroupLeavesForItsOthers) {
  TestRouter router;
  obey(router, rule(kPinned, UplinkSet::first(2)));
  router.from_lan(to(kPinned));
  only_usable(router, kIsp2);
  router.order(leave(kIsp1));
  EXPECT_EQ(router.from_lan(to(kPinned)).port, kWan2);
}

TEST(SweepChoice, R35_WhomARuleWouldDropNowGoesOnAsBefore) {
  TestRouter router;
  router.from_lan(to(kPinned));
  PolicyRuleSpec spec = rule(kPinned, {});
  spec.drop = true;
  obey(router, spec);
  only_usable(router, kIsp2);
  router.order(leave(kIsp1));
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R35_NobodyLeavesWhenNothingIsUsable) {
  TestRouter router;
  router.from_lan();
  router.word.active = UplinkId::none;
  router.word.usable = {};
  router.order(leave(kIsp1));
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R35_NobodyLeavesAnUplinkThatHasComeBackMeanwhile) {
  TestRouter router;
  router.from_lan();
  router.order(leave(kIsp1));
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R35_WhoCameFromOutsideStays) {
  TestRouter router;
  const PortForwardSpec web{kIsp1, IpProto::tcp, 80, 80, kHost, 8080};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  ASSERT_EQ(open_inbound(router, kIsp1).port, kLan);
  only_usable(router, kIsp2);
  EXPECT_TRUE(router.order(leave(kIsp1)).empty()) << "its client knows no other address";
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R35_AHostOfTheDeadUplinksNetworkHasNoOtherWay) {
  TestRouter router;
  router.from_lan(to(Ipv4Addr::of(1, 1, 1, 200)));
  only_usable(router, kIsp2);
  router.order(leave(kIsp1));
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R35_TheRoutersOwnLeaveByTheMainTable) {
  TestRouter router;
  FrameSpec s = to(kServer);
  s.src = kIsp1Address;
  router.from_kernel(s);
  only_usable(router, kIsp2);
  router.order(leave(kIsp1));
  const Fate again = router.from_kernel(s);
  EXPECT_EQ(again.port, kWan2);
  EXPECT_EQ(again.src(), kIsp2Address) << "R23";
}

TEST(SweepChoice, R36_OnlyThoseOpenedMeanwhileGoHome) {
  TestRouter router;
  router.at(1000s);
  only_usable(router, kIsp2);
  router.from_lan(to(kServer, 1));
  router.pass(3s);
  router.from_lan(to(kServer, 2));
  router.pass(3s);
  router.from_lan(to(kServer, 3));
  both_usable(router);
  router.order(go_home(kIsp1, only(kIsp2), Millis{1'002'000}, Millis{1'005'000}));
  EXPECT_EQ(router.connections().size(), 2u);
  EXPECT_EQ(router.from_lan(to(kServer, 1)).port, kWan2);
  EXPECT_EQ(router.from_lan(to(kServer, 2)).port, kWan1);
  EXPECT_EQ(router.from_lan(to(kServer, 3)).port, kWan2);
}

TEST(SweepChoice, R36_WhomARuleHasPlacedThereStays) {
  TestRouter router;
  obey(router, rule(kPinned, only(kIsp2)));
  only_usable(router, kIsp2);
  router.from_lan(to(kPinned));
  both_usable(router);
  router.order(go_home(kIsp1, only(kIsp2), kAlways, kNow));
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R36_WhoCameFromOutsideStays) {
  TestRouter router;
  const PortForwardSpec web{kIsp2, IpProto::tcp, 80, 80, kHost, 8080};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  only_usable(router, kIsp2);
  ASSERT_EQ(open_inbound(router, kIsp2).port, kLan);
  both_usable(router);
  router.order(go_home(kIsp1, only(kIsp2), kAlways, kNow));
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(SweepChoice, R36_NobodyGoesHomeWhoWouldBePlacedElsewhereAgain) {
  TestRouter router;
  router.config.plan.mode = BalanceMode::pcc;
  router.config.plan.classifier = Classifier::both_addresses_and_ports;
  std::vector<PortIndex> homes;
  for (std::uint16_t port = 1; port <= 32; ++port)
    homes.push_back(*router.from_lan(to(kServer, port)).port);
  only_usable(router, kIsp2);
  router.order(leave(kIsp1));
  for (std::uint16_t port = 1; port <= 32; ++port)
    EXPECT_EQ(router.from_lan(to(kServer, port)).port, kWan2);
  both_usable(router);
  router.order(go_home(kIsp1, only(kIsp2), kAlways, kNow));
  const auto to_first = std::count(homes.begin(), homes.end(), kWan1);
  EXPECT_GT(to_first, 0);
  EXPECT_EQ(router.connections().size(), 32u - static_cast<std::size_t>(to_first));
  for (std::uint16_t port = 1; port <= 32; ++port)
    EXPECT_EQ(router.from_lan(to(kServer, port)).port, homes[port - 1u]);
}

TEST(SweepChoice, R32_R36_NoMoreGoHomeThanThereIsRoomFor) {
  TestRouter router;
  only_usable(router, kIsp2);
  for (std::uint16_t port = 1; port <= 20; ++port) router.from_lan(to(kServer, port));
  both_usable(router);
  router.active.set_headroom(kIsp1, 5);
  ++router.word.generation;
  router.order(go_home(kIsp1, only(kIsp2), kAlways, kNow));
  EXPECT_EQ(router.connections().size(), 15u);
}

TEST(SweepChoice, R36_AHostThatIsKeptTogetherStaysTogether) {
  TestRouter router;
  router.config.plan.sticky = Sticky::source;
  router.config.plan.sticky_ms = 60000;
  only_usable(router, kIsp2);
  router.from_lan(to(kServer, 1));
  both_usable(router);
  router.order(go_home(kIsp1, only(kIsp2), kAlways, kNow));
  EXPECT_EQ(router.connections().size(), 1u) << "its next connection would join it";
  router.pass(61s);
  router.order(go_home(kIsp1, only(kIsp2), kAlways, kNow));
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(SweepChoice, R36_TheMomentsMayLieAcrossTheClocksWrap) {
  const ConnectionOrder order = go_home(kIsp1, only(kIsp2), Millis{0xffffff00}, Millis{0x100});
  EXPECT_TRUE(order.covers(Millis{0xffffff80}));
  EXPECT_TRUE(order.covers(Millis{0x80}));
  EXPECT_FALSE(order.covers(Millis{0x101}));
  EXPECT_FALSE(order.covers(Millis{0xfffffeff}));
}

}  // namespace
}  // namespace spillway::test
