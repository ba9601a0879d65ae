// The router's own Linux as a zone: what reaches it, how its answers leave, and what it opens.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

FrameSpec between(Ipv4Addr src, Ipv4Addr dst, IpProto proto = IpProto::tcp) {
  FrameSpec s;
  s.src = src;
  s.dst = dst;
  s.proto = proto;
  s.dst_port = 22;
  return s;
}

FrameSpec answering() {
  FrameSpec s;
  s.tcp_flags = tcp::syn | tcp::ack_flag;
  s.ack = 1001;
  return s;
}

bool right(const Fate& f) {
  return checksums_right(f.ip(), f.frame.size() - kEtherHeader);
}

/// ssh for every uplink, DNS for the second, echo for the first.
void open_services(TestRouter& router) {
  router.config.local = LocalServices({{UplinkId::none, IpProto::tcp, 22, 22},
                                       {kIsp2, IpProto::udp, 53, 53},
                                       {kIsp1, IpProto::icmp, 0, 0}});
  router.config.local.deliver = true;
}

std::uint64_t opened(TestRouter& router, Mark mark, std::size_t column) {
  return router.counters().opened[static_cast<std::size_t>(mark)][column].get();
}

TEST(Kernel, ALanHostReachesTheRouter) {
  TestRouter router;
  router.config.local.deliver = true;
  const FrameSpec syn = between(kHost, kRouter);
  const Fate in = router.packet(kLan, build_frame(syn));
  ASSERT_TRUE(in.punted);
  EXPECT_EQ(in.frame, build_frame(syn)) << "nothing is translated, the TTL stays (RFC 1812 5.3.1)";
  EXPECT_EQ(router.connections().size(), 1u);
  EXPECT_EQ(opened(router, Mark::no_mark, kMaxUplinks), 1u);
  const Fate out = router.answer(in, answering());
  ASSERT_EQ(out.port, kLan);
  EXPECT_EQ(out.src(), kRouter);
  EXPECT_EQ(out.ip()[ipv4::ttl], 64);
  EXPECT_TRUE(right(out));
}

TEST(Kernel, R20_TheLastTtlReachesTheRouterItself) {
  TestRouter router;
  router.config.local.deliver = true;
  FrameSpec s = between(kHost, kRouter, IpProto::udp);
  s.ttl = 1;
  for (int i = 0; i < 2; ++i) {
    const Fate in = router.packet(kLan, build_frame(s));
    ASSERT_TRUE(in.punted);
    EXPECT_EQ(in.ip()[ipv4::ttl], 1);
  }
  s.ttl = 0;
  EXPECT_EQ(router.packet(kLan, build_frame(s)).dropped, DropReason::ttl_expired);
}

TEST(Kernel, ALanHostReachesTheRouterByTheUplinksAddressToo) {
  TestRouter router;
  router.config.local.deliver = true;
  const Fate in = router.packet(kLan, build_frame(between(kHost, kIsp1Address)));
  ASSERT_TRUE(in.punted);
  const Fate out = router.answer(in, answering());
  ASSERT_EQ(out.port, kLan);
  EXPECT_EQ(out.src(), kIsp1Address);
}

TEST(Kernel, R38_AnswersLeaveByTheUplinkThatAskedThoughAnotherIsActive) {
  TestRouter router;
  open_services(router);
  const Fate in = router.packet(kWan2, build_frame(between(kServer, kIsp2Address)));
  ASSERT_TRUE(in.punted);
  EXPECT_EQ(in.ip()[ipv4::ttl], 64);
  EXPECT_TRUE(right(in));
  EXPECT_EQ(opened(router, Mark::wan_to_router, index_of(kIsp2)), 1u) << "WAN2->ROS";
  const Fate out = router.answer(in, answering());
  ASSERT_EQ(out.port, kWan2);
  EXPECT_EQ(out.src(), kIsp2Address);
  EXPECT_EQ(out.src_port(), 22);
  EXPECT_EQ(out.dst(), kServer);
  EXPECT_EQ(out.ip()[ipv4::ttl], 64) << "Linux has sent it, nobody forwarded it";
  EXPECT_TRUE(right(out));
  EXPECT_EQ(router.counters().placed[0].get() + router.counters().placed[1].get(), 0u)
      << "R32: only what was placed counts as placed";
}

struct Visitor {
  const char* what;
  PortIndex port;
  Ipv4Addr to;
  IpProto proto;
  std::uint16_t dst_port;
  bool let_in;
};

TEST(Kernel, R15_R38_OnlyOpenServicesAreReached) {
  TestRouter router;
  open_services(router);
  const Visitor rows[] = {
      {"ssh by the first", kWan1, kIsp1Address, IpProto::tcp, 22, true},
      {"ssh by the second", kWan2, kIsp2Address, IpProto::tcp, 22, true},
      {"telnet", kWan1, kIsp1Address, IpProto::tcp, 23, false},
      {"ssh over UDP", kWan1, kIsp1Address, IpProto::udp, 22, false},
      {"DNS where it is open", kWan2, kIsp2Address, IpProto::udp, 53, true},
      {"DNS where it is not", kWan1, kIsp1Address, IpProto::udp, 53, false},
      {"an echo where it is open", kWan1, kIsp1Address, IpProto::icmp, 0, true},
      {"an echo where it is not", kWan2, kIsp2Address, IpProto::icmp, 0, false},
      {"another protocol", kWan1, kIsp1Address, static_cast<IpProto>(47), 0, false},
  };
  for (const Visitor& row : rows) {
    FrameSpec s = between(kServer, row.to, row.proto);
    s.dst_port = row.dst_port;
    const Fate fate = router.packet(row.port, build_frame(s));
    EXPECT_EQ(fate.punted, row.let_in) << row.what;
    EXPECT_EQ(fate.dropped == DropReason::unsolicited, !row.let_in) << row.what;
  }
  EXPECT_EQ(router.counters().generated.get(), 0u) << "the others hear nothing";
}

TEST(Kernel, R38_NothingIsOpenWhereNobodyDelivers) {
  TestRouter router;
  open_services(router);
  router.config.local.deliver = false;
  EXPECT_EQ(router.packet(kWan1, build_frame(between(kServer, kIsp1Address))).dropped,
            DropReason::unsolicited);
}

TEST(Kernel, AForwardComesBeforeAService) {
  TestRouter router;
  open_services(router);
  const PortForwardSpec ssh{kIsp1, IpProto::tcp, 22, 22, kHost, 22};
  router.config.forwards = ForwardTable(std::span(&ssh, 1));
  EXPECT_EQ(router.packet(kWan1, build_frame(between(kServer, kIsp1Address))).port, kLan);
  EXPECT_TRUE(router.packet(kWan2, build_frame(between(kServer, kIsp2Address))).punted);
}

TEST(Kernel, R18_AnEchoIsAnsweredByTheUplinkItCameInBy) {
  TestRouter router;
  open_services(router);
  router.word.active = kIsp2;
  const Fate in = router.packet(kWan1, build_frame(between(kServer, kIsp1Address, IpProto::icmp)));
  ASSERT_TRUE(in.punted);
  EXPECT_EQ(in.src_port(), 7);
  const Fate out = router.answer(in);
  ASSERT_EQ(out.port, kWan1);
  EXPECT_EQ(out.src_port(), 7);
  EXPECT_TRUE(right(out));
}

TEST(Kernel, R13_AConnectionToTheRouterIsFollowed) {
  TestRouter router;
  open_services(router);
  const FrameSpec syn = between(kServer, kIsp2Address);
  const Fate in = router.packet(kWan2, build_frame(syn));
  router.answer(in, answering());
  FrameSpec ack = syn;
  ack.tcp_flags = tcp::ack_flag;
  ack.seq = 1001;
  ack.ack = 1001;
  EXPECT_TRUE(router.packet(kWan2, build_frame(ack)).punted);
  router.pass(std::chrono::hours(20));
  EXPECT_TRUE(router.packet(kWan2, build_frame(ack)).punted) << "established";
  router.config.tcp_loose = false;
  ack.src_port = 9;
  EXPECT_EQ(router.packet(kWan2, build_frame(ack)).dropped, DropReason::unsolicited) << "R16";
}

TEST(Kernel, R03_OpenServicesArePromised) {
  TestRouter router;
  router.config.local = LocalServices({{UplinkId::none, IpProto::udp, 40000, 40000}});
  router.config.local.deliver = true;
  EXPECT_NE(router.from_lan().src_port(), 40000);
  TestRouter alone;
  alone.config.local = LocalServices({{kIsp2, IpProto::udp, 40000, 40000}});
  alone.config.local.deliver = true;
  EXPECT_EQ(alone.from_lan().src_port(), 40000) << "the other uplink's service is no promise here";
}

TEST(Kernel, R45_WithoutRoomInTheRingPuntsAreCountedDrops) {
  TestRouter router({.with_punt_ring = false});
  router.config.local.deliver = true;
  EXPECT_EQ(router.packet(kLan, build_frame(between(kHost, kRouter))).dropped,
            DropReason::punt_ring_full);
}

TEST(Kernel, R45_AFullRingIsCountedToo) {
  TestRouter router;
  router.config.local.deliver = true;
  const Bytes frame = build_frame(between(kHost, kRouter, IpProto::udp));
  std::size_t punted = 0;
  for (const Fate& fate : router.burst(kLan, std::vector(64, frame))) punted += fate.punted;
  EXPECT_EQ(punted, 63u) << "a ring of 64 holds 63";
  EXPECT_EQ(router.drops(DropReason::punt_ring_full), 1u);
  EXPECT_TRUE(router.packet(kLan, frame).punted) << "full recovery";
}

}  // namespace
}  // namespace spillway::test
