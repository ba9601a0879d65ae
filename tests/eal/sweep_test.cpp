// Orders over connections: what happens to those of an uplink that died (R35).

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/orders.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kSyn = tcp::syn;
constexpr std::uint8_t kSynAck = tcp::syn | tcp::ack_flag;
constexpr std::uint8_t kAck = tcp::ack_flag;

/// The word says that ISP_1 is dead, and then its connections are to leave; what is sent.
std::vector<Sent> kill_isp1(TestRouter& router, bool tell = true) {
  router.word.active = kIsp2;
  router.word.usable = only(kIsp2);
  return router.order(leave(kIsp1, tell));
}

FrameSpec segment(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0,
                  std::size_t payload = 0) {
  FrameSpec s;
  s.proto = IpProto::tcp;
  s.dst_port = 443;
  s.tcp_flags = flags;
  s.seq = seq;
  s.ack = ack;
  s.payload.assign(payload, 7);
  return s;
}

/// A connection of kHost: it has sent up to 1101 and acknowledged up to 5001.
Fate establish(TestRouter& router) {
  Fate syn = router.from_lan(segment(kSyn, 1000));
  router.answer(syn, segment(kSynAck, 5000, 1001));
  router.from_lan(segment(kAck, 1001, 5001, 100));
  return syn;
}

struct Reset {
  explicit Reset(const Sent& sent) : port(sent.port) {
    const std::uint8_t* ip = sent.frame.data() + kEtherHeader;
    right = checksums_right(ip, sent.frame.size() - kEtherHeader);
    src = Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)};
    dst = Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)};
    seq = swap32(load<std::uint32_t>(ip + 20 + tcp::seq));
    ack = swap32(load<std::uint32_t>(ip + 20 + tcp::ack));
    flags = ip[20 + tcp::flags];
    dst_port = swap16(load<std::uint16_t>(ip + 22));
  }
  PortIndex port;
  Ipv4Addr src;
  Ipv4Addr dst;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint16_t dst_port = 0;
  std::uint8_t flags = 0;
  bool right = false;
};

TEST(Sweep, R35_ATcpClientGetsAResetInItsWindowThoughItOnlyWaits) {
  TestRouter router;
  establish(router);
  const auto sent = kill_isp1(router);
  ASSERT_EQ(sent.size(), 1u);
  const Reset reset(sent[0]);
  EXPECT_EQ(reset.port, kLan);
  EXPECT_EQ(reset.src, kServer) << "in the name of the server";
  EXPECT_EQ(reset.dst, kHost);
  EXPECT_EQ(reset.dst_port, 40000);
  EXPECT_EQ(reset.flags, tcp::rst | tcp::ack_flag);
  EXPECT_EQ(reset.seq, 5001u) << "RFC 5961 3.2: what the client expects next";
  EXPECT_EQ(reset.ack, 1101u);
  EXPECT_TRUE(reset.right);
  EXPECT_EQ(router.connections().size(), 0u);
  EXPECT_EQ(router.counters().evicted.get(), 1u);
}

TEST(Sweep, R35_DataThatMayNotHaveArrivedMakesASecondReset) {
  TestRouter router;
  const Fate syn = establish(router);
  router.answer(syn, segment(kAck, 5001, 1101, 500));
  const auto sent = kill_isp1(router);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(Reset(sent[0]).seq, 5501u) << "it has the data, and has not acknowledged it yet";
  EXPECT_EQ(Reset(sent[1]).seq, 5001u) << "or the data was lost";
}

TEST(Sweep, R35_AnUnansweredSynIsPlacedAnewWhenItIsRepeated) {
  TestRouter router;
  router.from_lan(segment(kSyn, 1000));
  EXPECT_TRUE(kill_isp1(router).empty());
  EXPECT_EQ(router.from_lan(segment(kSyn, 1000)).port, kWan2);
}

TEST(Sweep, R35_UdpAndPingGoOnByTheOtherUplink) {
  TestRouter router;
  const Fate udp = router.from_lan();
  router.answer(udp);
  FrameSpec ping;
  ping.proto = IpProto::icmp;
  router.from_lan(ping);
  router.word.active = kIsp2;
  router.word.usable = only(kIsp2);
  EXPECT_EQ(router.from_lan().port, kWan1) << "until the order comes";
  EXPECT_TRUE(kill_isp1(router).empty());
  const Fate again = router.from_lan();
  EXPECT_EQ(again.port, kWan2);
  EXPECT_EQ(again.src(), kIsp2Address);
  EXPECT_EQ(router.from_lan(ping).port, kWan2);
  EXPECT_EQ(router.answer(again).port, kLan);
}

TEST(Sweep, R35_ConnectionsOfOtherUplinksLoseNothing) {
  TestRouter router;
  router.word.active = kIsp2;
  const Fate syn = establish(router);
  router.word.active = kIsp1;
  FrameSpec s;
  s.src_port = 41000;
  router.from_lan(s);
  EXPECT_TRUE(kill_isp1(router).empty());
  EXPECT_EQ(router.connections().size(), 1u);
  EXPECT_EQ(router.answer(syn, segment(kAck, 5001, 1101, 10)).port, kLan);
}

TEST(Sweep, R35_ConnectionsWithinTheLanAreOfNoUplink) {
  TestRouter router;
  const Ipv4Addr other = Ipv4Addr::of(192, 168, 22, 7);
  router.learn(kLan, other);
  FrameSpec s;
  s.dst = other;
  router.from_lan(s);
  kill_isp1(router);
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(Sweep, R35_FlushSaysNothing) {
  TestRouter router;
  establish(router);
  EXPECT_TRUE(kill_isp1(router, false).empty());
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(Sweep, AClosedConnectionNeedsNoReset) {
  TestRouter router;
  const Fate syn = establish(router);
  router.answer(syn, segment(tcp::rst | tcp::ack_flag, 5001, 1101));
  EXPECT_TRUE(kill_isp1(router).empty());
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(Sweep, R35_LinuxIsToldOfItsOwn) {
  TestRouter router;
  FrameSpec s = segment(kSyn, 1000);
  s.src = kIsp1Address;
  const Fate syn = router.from_kernel(s);
  router.answer(syn, segment(kSynAck, 5000, 1001));
  s.tcp_flags = kAck;
  s.seq = 1001;
  s.ack = 5001;
  router.from_kernel(s);
  const auto sent = kill_isp1(router);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].port, PortIndex::kernel);
  EXPECT_EQ(Reset(sent[0]).dst, kIsp1Address);
  EXPECT_EQ(Reset(sent[0]).seq, 5001u);
}

TEST(Sweep, R35_ResetsArePacedAndNoneIsForgotten) {
  TestRouter router({.connections = 2048});
  constexpr unsigned many = 1200;
  for (unsigned i = 0; i < many; ++i) {
    FrameSpec s = segment(kSyn, 1000);
    s.src_port = static_cast<std::uint16_t>(10000 + i);
    const Fate syn = router.from_lan(s);
    router.answer(syn, segment(kSynAck, 5000, 1001));
  }
  router.word.active = kIsp2;
  router.word.usable = only(kIsp2);
  router.pipeline().take(leave(kIsp1));
  std::size_t sent = 0;
  for (int i = 0; i < 40 && router.pipeline().is_sweeping(); ++i) sent += router.sweep(64).size();
  EXPECT_EQ(sent, kResetsAtOnce);
  EXPECT_TRUE(router.pipeline().is_sweeping());
  for (int i = 0; i < 100 && router.pipeline().is_sweeping(); ++i) {
    router.pass(1ms);
    sent += router.sweep(64).size();
  }
  EXPECT_FALSE(router.pipeline().is_sweeping());
  EXPECT_EQ(sent, many);
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(Sweep, R45_NoMoreResetsThanAnIterationHasRoomFor) {
  TestRouter router;
  constexpr std::uint16_t many = 200;
  for (std::uint16_t i = 0; i < many; ++i) {
    FrameSpec s = segment(kSyn, 1000);
    s.src_port = static_cast<std::uint16_t>(10000 + i);
    const Fate syn = router.from_lan(s);
    router.answer(syn, segment(kSynAck, 5000, 1001));
    s = segment(kAck, 1001, 5001);
    s.src_port = static_cast<std::uint16_t>(10000 + i);
    router.from_lan(s);
    router.answer(syn, segment(kAck, 5001, 1001, 100));
  }
  std::size_t sent = kill_isp1(router).size();
  EXPECT_LE(sent, TxBuffers::kCapacity);
  EXPECT_TRUE(router.pipeline().is_sweeping());
  for (int i = 0; i < 10 && router.pipeline().is_sweeping(); ++i) sent += router.sweep(1024).size();
  EXPECT_EQ(sent, 2u * many) << "two for each";
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(Sweep, AnIterationLooksAtItsBudgetOnly) {
  TestRouter router({.connections = 256});
  router.from_lan();
  router.pipeline().take(leave(kIsp1));
  for (int i = 0; i < 3; ++i) router.sweep(64);
  EXPECT_TRUE(router.pipeline().is_sweeping());
  router.sweep(64);
  EXPECT_FALSE(router.pipeline().is_sweeping());
}

TEST(Sweep, R45_WithoutBuffersConnectionsEndAllTheSame) {
  TestRouter router({.buffers = 3});
  for (std::uint16_t port = 1; port <= 8; ++port) {
    FrameSpec s = segment(kSyn, 1000);
    s.src_port = port;
    const Fate syn = router.from_lan(s);
    router.answer(syn, segment(kSynAck, 5000, 1001));
  }
  EXPECT_LE(kill_isp1(router).size(), 3u);
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(Probes, R34_AnswersGoToTheControlCoreAndNothingElseDoes) {
  TestRouter router;
  router.config.uplinks[0].probe_id = L4Port::from_host(4711);
  FrameSpec reply;
  reply.proto = IpProto::icmp;
  reply.icmp_type = 0;
  reply.icmp_id = 4711;
  reply.src = kServer;
  reply.dst = kIsp1Address;
  EXPECT_TRUE(router.packet(kWan1, build_frame(reply)).punted);
  reply.dst = kIsp2Address;
  EXPECT_EQ(router.packet(kWan2, build_frame(reply)).dropped, DropReason::unsolicited);
  reply.dst = kIsp1Address;
  reply.icmp_id = 4712;
  EXPECT_EQ(router.packet(kWan1, build_frame(reply)).dropped, DropReason::unsolicited);
  reply.icmp_id = 4711;
  reply.icmp_type = 8;
  EXPECT_EQ(router.packet(kWan1, build_frame(reply)).dropped, DropReason::unsolicited)
      << "a request with the same identifier";
  EXPECT_EQ(router.connections().size(), 0u);
}

TEST(Probes, R03_TheirIdentifierIsNeverHandedOut) {
  TestRouter router;
  router.config.uplinks[0].probe_id = L4Port::from_host(7);
  FrameSpec ping;
  ping.proto = IpProto::icmp;
  ping.icmp_id = 7;
  const Fate out = router.from_lan(ping);
  ASSERT_EQ(out.port, kWan1);
  EXPECT_NE(out.src_port(), 7);
}

}  // namespace
}  // namespace spillway::test
