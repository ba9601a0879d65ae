// Port forwards, and what strangers are told.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

const PortForwardSpec kForwards[] = {{kIsp1, IpProto::tcp, 80, 80, kHost, 8080},
                                     {kIsp2, IpProto::tcp, 80, 80, kHost, 8080}};

FrameSpec syn_to(Ipv4Addr address) {
  FrameSpec s;
  s.proto = IpProto::tcp;
  s.src = kServer;
  s.dst = address;
  s.src_port = 5555;
  s.dst_port = 80;
  return s;
}

TEST(Forward, R38_OneClientReachesOneServerByBothUplinksFromOnePort) {
  TestRouter router;
  router.config.forwards = ForwardTable(kForwards);
  const Fate first = router.packet(kWan1, build_frame(syn_to(kIsp1Address)));
  const Fate second = router.packet(kWan2, build_frame(syn_to(kIsp2Address)));
  ASSERT_EQ(first.port, kLan);
  ASSERT_EQ(second.port, kLan);
  EXPECT_EQ(first.src_port(), 5555);
  EXPECT_NE(second.src_port(), 5555) << "the server must be able to tell them apart";
  EXPECT_EQ(second.src(), kServer) << "but sees who it is";
  const Fate back = router.answer(second);
  EXPECT_EQ(back.port, kWan2);
  EXPECT_EQ(back.dst_port(), 5555);
  EXPECT_EQ(back.src(), kIsp2Address);
  EXPECT_EQ(router.answer(first).port, kWan1);
}

TEST(Forward, R15_StrangersAreNotToldWhy) {
  TestRouter router;
  const PortForwardSpec nowhere{kIsp1, IpProto::tcp, 80, 80, Ipv4Addr::of(10, 99, 1, 1), 80};
  router.config.forwards = ForwardTable(std::span(&nowhere, 1));
  const Fate fate = router.packet(kWan1, build_frame(syn_to(kIsp1Address)));
  EXPECT_EQ(fate.dropped, DropReason::no_route);
  EXPECT_TRUE(fate.error.empty());
}

TEST(Forward, R20_TracerouteToAForwardedPortShowsTheRouter) {
  TestRouter router;
  router.config.forwards = ForwardTable(kForwards);
  FrameSpec s = syn_to(kIsp1Address);
  s.ttl = 1;
  const Fate fate = router.packet(kWan1, build_frame(s));
  EXPECT_EQ(fate.dropped, DropReason::ttl_expired);
  EXPECT_FALSE(fate.error.empty());
}

TEST(Forward, R18_AnIcmpErrorWithAWrongChecksumIsDropped) {
  TestRouter router;
  const Fate out = router.from_lan();
  FrameSpec hop;
  hop.src = Ipv4Addr::of(9, 9, 9, 9);
  hop.dst = kIsp1Address;
  auto error = build_icmp_error(hop, 11, 0, {out.ip(), out.ip() + 28});
  error[kEtherHeader + 20 + 4] ^= 1;
  EXPECT_EQ(router.packet(kWan1, error).dropped, DropReason::bad_icmp_checksum);
  EXPECT_EQ(router.scattered(kWan1, error, 60).dropped, DropReason::bad_icmp_checksum);
}

}  // namespace
}  // namespace spillway::test
