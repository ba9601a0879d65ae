// The pipeline as a black box: frames in, frames and counters out.

#include <gtest/gtest.h>

#include <set>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;

FrameSpec between(Ipv4Addr src, Ipv4Addr dst) {
  FrameSpec s;
  s.src = src;
  s.dst = dst;
  return s;
}

FrameSpec tcp(std::uint8_t flags, std::uint32_t seq = 1000, std::uint32_t ack = 0) {
  FrameSpec s;
  s.proto = IpProto::tcp;
  s.dst_port = 443;
  s.tcp_flags = flags;
  s.seq = seq;
  s.ack = ack;
  return s;
}

constexpr std::uint8_t kSyn = tcp::syn;
constexpr std::uint8_t kSynAck = tcp::syn | tcp::ack_flag;
constexpr std::uint8_t kAck = tcp::ack_flag;

bool right(const Fate& f) {
  return checksums_right(f.ip(), f.frame.size() - 14);
}

TEST(Pipeline, TranslatesToTheActiveUplinkAndBack) {
  TestRouter router;
  const Fate out = router.from_lan();
  ASSERT_EQ(out.port, kWan1);
  EXPECT_EQ(out.src(), kIsp1Address);
  EXPECT_EQ(out.src_port(), 40000);
  EXPECT_EQ(out.ip()[ipv4::ttl], 63);
  EXPECT_TRUE(right(out));
  const Fate back = router.answer(out);
  ASSERT_EQ(back.port, kLan);
  EXPECT_EQ(back.dst(), kHost);
  EXPECT_EQ(back.dst_port(), 40000);
  EXPECT_TRUE(right(back));
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R30_APlacedConnectionStaysWhenTheActiveUplinkChanges) {
  TestRouter router;
  const Fate first = router.from_lan();
  router.word.active = kIsp2;
  EXPECT_EQ(router.from_lan().port, kWan1);
  FrameSpec other;
  other.src_port = 40001;
  EXPECT_EQ(router.from_lan(other).port, kWan2);
  EXPECT_EQ(router.answer(first).port, kLan);
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, AReplyThroughTheWrongUplinkIsNotOurs) {
  TestRouter router;
  Fate out = router.from_lan();
  out.port = kWan2;
  EXPECT_EQ(router.answer(out).dropped, DropReason::not_translated);
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R01_TranslatedSourcesAreNeverShared) {
  TestRouter router;
  std::set<std::pair<PortIndex, std::uint16_t>> used;
  for (unsigned host = 2; host < 100; ++host) {
    router.learn(kLan, Ipv4Addr::of(192, 168, 22, host));
    FrameSpec s;
    s.src = Ipv4Addr::of(192, 168, 22, host);
    const Fate out = router.from_lan(s);
    ASSERT_TRUE(out.port);
    EXPECT_TRUE(used.emplace(*out.port, out.src_port()).second) << "port " << out.src_port();
  }
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R02_PortPreservedWhenFreeElseOfTheSameRange) {
  TestRouter router;
  router.learn(kLan, Ipv4Addr::of(192, 168, 22, 11));
  FrameSpec low;
  low.src_port = 500;
  EXPECT_EQ(router.from_lan(low).src_port(), 500);
  low.src = Ipv4Addr::of(192, 168, 22, 11);
  const Fate second = router.from_lan(low);
  EXPECT_NE(second.src_port(), 500);
  EXPECT_LT(second.src_port(), 1024);
  FrameSpec high;
  EXPECT_EQ(router.from_lan(high).src_port(), 40000);
  high.src = low.src;
  const Fate fourth = router.from_lan(high);
  EXPECT_NE(fourth.src_port(), 40000);
  EXPECT_GE(fourth.src_port(), 1024);
}

TEST(Pipeline, R03_ForwardedPortsAreNeverHandedOut) {
  TestRouter router;
  const PortForwardSpec web{kIsp1, IpProto::udp, 40000, 40000, kHost, 80};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  EXPECT_NE(router.from_lan().src_port(), 40000);
}

TEST(Pipeline, R05_ExhaustionDropsAndHarmsNobody) {
  TestRouter router({.connections = 4096});
  const Fate established = router.from_lan();
  bool exhausted = false;
  for (unsigned host = 2; host < 255 && !exhausted; ++host) {
    router.learn(kLan, Ipv4Addr::of(192, 168, 22, host));
    for (std::uint16_t port = 1; port < 1024 && !exhausted; ++port) {
      FrameSpec s;
      s.src = Ipv4Addr::of(192, 168, 22, host);
      s.src_port = port;
      exhausted = router.from_lan(s).dropped == DropReason::port_exhausted;
    }
  }
  EXPECT_TRUE(exhausted);
  EXPECT_EQ(router.answer(established).port, kLan);
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R06_AHostHasItsMaximumOthersDoNotSuffer) {
  TestRouter router({.counted_hosts = 64});
  router.config.per_lan_host = 3;
  router.learn(kLan, Ipv4Addr::of(192, 168, 22, 11));
  FrameSpec s;
  for (std::uint16_t port = 1; port <= 3; ++port) {
    s.src_port = port;
    EXPECT_TRUE(router.from_lan(s).port);
  }
  s.src_port = 4;
  EXPECT_EQ(router.from_lan(s).dropped, DropReason::host_limit);
  s.src = Ipv4Addr::of(192, 168, 22, 11);
  EXPECT_TRUE(router.from_lan(s).port);
  router.pass(11s);
  router.expire();
  s.src = kHost;
  EXPECT_TRUE(router.from_lan(s).port) << "ended connections count no more";
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R09_ABurstOfOneNewConnectionOpensOne) {
  TestRouter router;
  const auto frame = build_frame({});
  const auto fates = router.burst(kLan, std::vector(16, frame));
  std::set<std::uint16_t> ports;
  for (const Fate& f : fates) {
    ASSERT_EQ(f.port, kWan1);
    ports.insert(f.src_port());
  }
  EXPECT_EQ(ports.size(), 1u);
  EXPECT_EQ(router.connections().size(), 1u);
}

TEST(Pipeline, R10_R12_BothDirectionsEndTogetherAndThePortIsFreeThen) {
  TestRouter router;
  const Fate out = router.from_lan();
  router.pass(10s);
  EXPECT_EQ(router.answer(out).port, kLan) << "udp: 10 s, the last moment";
  router.pass(180s);
  EXPECT_EQ(router.answer(out).port, kLan) << "udp-stream: 180 s";
  router.pass(180s + 1ms);
  EXPECT_EQ(router.answer(out).dropped, DropReason::unsolicited);
  router.word.active = kIsp2;
  EXPECT_EQ(router.from_lan().port, kWan2) << "placed anew";
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R12_AConnectionThatEndsWithinABurstEndsOnce) {
  TestRouter router;
  const Fate out = router.from_lan();
  router.pass(11s);
  FrameSpec late = between(out.dst(), out.src());
  late.src_port = out.dst_port();
  late.dst_port = out.src_port();
  for (const Fate& f : router.burst(kWan1, {build_frame(late), build_frame(late)}))
    EXPECT_EQ(f.dropped, DropReason::unsolicited);
  EXPECT_EQ(router.connections().size(), 0u);
  for (std::uint16_t port = 1; port <= 3; ++port) {
    FrameSpec s;
    s.src_port = port;
    EXPECT_EQ(router.from_lan(s).port, kWan1);
  }
  EXPECT_EQ(router.connections().size(), 3u);
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R11_AnIcmpErrorRefreshesNothing) {
  TestRouter router;
  const Fate out = router.from_lan();
  router.pass(9s);
  FrameSpec outer;
  outer.src = Ipv4Addr::of(9, 9, 9, 9);
  outer.dst = kIsp1Address;
  const std::vector<std::uint8_t> embedded(out.frame.begin() + 14, out.frame.end());
  EXPECT_EQ(router.packet(kWan1, build_icmp_error(outer, 3, 1, embedded)).port, kLan);
  router.pass(2s);
  EXPECT_EQ(router.answer(out).dropped, DropReason::unsolicited);
}

TEST(Pipeline, R13_OpensClosesAndOpensAgain) {
  TestRouter router;
  const Fate syn = router.from_lan(tcp(kSyn, 1000));
  ASSERT_EQ(syn.port, kWan1);
  EXPECT_EQ(router.from_lan(tcp(kSyn, 1000)).port, kWan1) << "retransmission";
  EXPECT_EQ(router.answer(syn, tcp(kSynAck, 5000, 1001)).port, kLan);
  EXPECT_EQ(router.from_lan(tcp(kAck, 1001, 5001)).port, kWan1);
  router.pass(86400s);
  EXPECT_EQ(router.answer(syn, tcp(kAck, 5001, 1001)).port, kLan) << "established: a day";
  router.from_lan(tcp(kAck | tcp::fin, 1001, 5001));
  router.answer(syn, tcp(kAck | tcp::fin, 5001, 1002));
  router.from_lan(tcp(kAck, 1002, 5002));
  router.word.active = kIsp2;
  EXPECT_EQ(router.from_lan(tcp(kAck, 1002, 5002)).port, kWan1) << "still the old one";
  EXPECT_EQ(router.from_lan(tcp(kSyn, 9000)).port, kWan2) << "a new connection, placed anew";
  EXPECT_EQ(router.connections().size(), 1u);
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R14_OnlyAResetWithinTheWindowCloses) {
  TestRouter router;
  const Fate syn = router.from_lan(tcp(kSyn, 1000));
  router.answer(syn, tcp(kSynAck, 5000, 1001));
  router.from_lan(tcp(kAck, 1001, 5001));
  EXPECT_EQ(router.answer(syn, tcp(tcp::rst, 99999)).port, kLan) << "forwarded all the same";
  router.pass(60s);
  EXPECT_EQ(router.answer(syn, tcp(kAck, 5001, 1001)).port, kLan) << "and closed nothing";
  EXPECT_EQ(router.answer(syn, tcp(tcp::rst, 5001)).port, kLan);
  router.pass(11s);
  EXPECT_EQ(router.answer(syn, tcp(kAck, 5001, 1001)).dropped, DropReason::unsolicited);
}

TEST(Pipeline, R15_R19_NothingUnaskedComesIn) {
  TestRouter router;
  FrameSpec s = tcp(kSyn);
  s.src = kServer;
  s.dst = kIsp1Address;
  EXPECT_EQ(router.packet(kWan1, build_frame(s)).dropped, DropReason::unsolicited);
  s.proto = IpProto::icmp;
  EXPECT_EQ(router.packet(kWan1, build_frame(s)).dropped, DropReason::unsolicited);
  const std::vector<std::uint8_t> frame = build_frame(between(kIsp1Address, kServer));
  const std::vector<std::uint8_t> embedded(frame.begin() + 14, frame.end());
  EXPECT_EQ(router.packet(kWan1, build_icmp_error(s, 3, 3, embedded)).dropped,
            DropReason::icmp_unmatched);
  EXPECT_EQ(router.connections().size(), 0u);
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R16_MidStreamPickUpIsASetting) {
  TestRouter router;
  EXPECT_EQ(router.from_lan(tcp(kAck)).port, kWan1);
  router.config.tcp_loose = false;
  FrameSpec other = tcp(kAck);
  other.src_port = 40001;
  EXPECT_EQ(router.from_lan(other).dropped, DropReason::invalid_state);
  for (const int flags : {int{kSynAck}, int{tcp::rst}, kAck | tcp::fin, 0}) {
    other.tcp_flags = static_cast<std::uint8_t>(flags);
    router.config.tcp_loose = true;
    EXPECT_EQ(router.from_lan(other).dropped, DropReason::invalid_state) << flags;
  }
}

TEST(Pipeline, R18_EchoIsTranslatedById) {
  TestRouter router;
  router.learn(kLan, Ipv4Addr::of(192, 168, 22, 11));
  FrameSpec ping;
  ping.proto = IpProto::icmp;
  const Fate first = router.from_lan(ping);
  ping.src = Ipv4Addr::of(192, 168, 22, 11);
  const Fate second = router.from_lan(ping);
  ASSERT_TRUE(first.port && second.port);
  EXPECT_NE(first.src_port(), second.src_port());
  EXPECT_TRUE(right(first) && right(second));
  const Fate back = router.answer(second);
  EXPECT_EQ(back.dst(), ping.src);
  EXPECT_EQ(back.dst_port(), 7);
  EXPECT_TRUE(right(back));
}

TEST(Pipeline, R18_ErrorsAreTranslatedBothWays) {
  TestRouter router;
  FrameSpec spec;
  spec.payload.assign(32, 0x5a);
  const Fate out = router.from_lan(spec);
  FrameSpec hop;
  hop.src = Ipv4Addr::of(9, 9, 9, 9);
  hop.dst = kIsp1Address;
  const Fate in =
      router.packet(kWan1, build_icmp_error(hop, 11, 0, {out.frame.begin() + 14, out.frame.end()}));
  ASSERT_EQ(in.port, kLan);
  EXPECT_EQ(in.dst(), kHost);
  EXPECT_EQ(in.src(), hop.src) << "traceroute shows who it was";
  EXPECT_TRUE(right(in));
  EXPECT_TRUE(checksums_right(in.ip() + 28, in.frame.size() - 42)) << "the packet inside too";
  const Fate answer = router.answer(out, spec);
  FrameSpec refuse;
  refuse.dst = kServer;
  const Fate error = router.packet(
      kLan, build_icmp_error(refuse, 3, 3, {answer.frame.begin() + 14, answer.frame.end()}));
  ASSERT_EQ(error.port, kWan1);
  EXPECT_EQ(error.src(), kIsp1Address);
  EXPECT_TRUE(right(error));
  EXPECT_TRUE(checksums_right(error.ip() + 28, error.frame.size() - 42));
  EXPECT_TRUE(router.balanced());
}

TEST(Pipeline, R21_UdpWithoutChecksumStaysWithout) {
  TestRouter router;
  FrameSpec s;
  s.udp_checksum = false;
  const Fate out = router.from_lan(s);
  EXPECT_EQ(load<std::uint16_t>(out.ip() + 20 + udp::checksum), 0);
  const Fate back = router.answer(out, s);
  EXPECT_EQ(load<std::uint16_t>(back.ip() + 20 + udp::checksum), 0);
}

TEST(Pipeline, R25_HeadersSplitAtAnyByteChangeNothing) {
  FrameSpec s = tcp(kSyn);
  s.payload.assign(40, 1);
  s.dst_mac = MacAddr{{2, 0, 0, 0, 0, 1}};
  const auto frame = build_frame(s);
  TestRouter whole;
  const Fate expected = whole.packet(kLan, frame);
  for (std::size_t piece = 8; piece < frame.size(); ++piece) {
    TestRouter router({.connections = 64});
    const Fate got = router.scattered(kLan, frame, piece);
    EXPECT_EQ(got.port, expected.port) << piece;
    EXPECT_EQ(got.frame, expected.frame) << piece;
    EXPECT_TRUE(router.balanced());
  }
}

TEST(Pipeline, PortForwardOpensFromItsUplinkAndAnswersLeaveThere) {
  TestRouter router;
  const PortForwardSpec web{kIsp2, IpProto::tcp, 8000, 8010, kHost, 80};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  FrameSpec s = tcp(kSyn);
  s.src = kServer;
  s.dst = kIsp2Address;
  s.src_port = 5555;
  s.dst_port = 8003;
  const Fate in = router.packet(kWan2, build_frame(s));
  ASSERT_EQ(in.port, kLan);
  EXPECT_EQ(in.dst(), kHost);
  EXPECT_EQ(in.dst_port(), 83);
  const Fate out = router.answer(in, tcp(kSynAck, 1, 1001));
  ASSERT_EQ(out.port, kWan2) << "R38, though ISP_1 is active";
  EXPECT_EQ(out.src(), kIsp2Address);
  EXPECT_EQ(out.src_port(), 8003);
  EXPECT_TRUE(right(in) && right(out));
  s.dst = kIsp1Address;
  EXPECT_EQ(router.packet(kWan1, build_frame(s)).dropped, DropReason::unsolicited);
}

TEST(Pipeline, PolicyComesBeforeEveryMode) {
  TestRouter router;
  PolicyRuleSpec to_isp2;
  to_isp2.to_ports = {53, 53};
  to_isp2.uplinks.insert(kIsp2);
  PolicyRuleSpec no_smtp;
  no_smtp.proto = IpProto::tcp;
  no_smtp.to_ports = {25, 25};
  no_smtp.drop = true;
  const PolicyRuleSpec rules[] = {to_isp2, no_smtp};
  router.config.policy = PolicyTable(rules);
  EXPECT_EQ(router.from_lan().port, kWan2);
  FrameSpec smtp = tcp(kSyn);
  smtp.dst_port = 25;
  EXPECT_EQ(router.from_lan(smtp).dropped, DropReason::policy);
  EXPECT_EQ(router.from_lan(tcp(kSyn)).port, kWan1);
}

TEST(Pipeline, ConnectedToConnectedFollowsTheMainTableWithoutAMark) {
  TestRouter router;
  FrameSpec s;
  s.dst = Ipv4Addr::of(2, 2, 2, 99);
  router.learn(kWan2, s.dst);
  const Fate out = router.from_lan(s);
  ASSERT_EQ(out.port, kWan2);
  const auto& opened = router.pipeline().counters().opened;
  EXPECT_EQ(opened[static_cast<std::size_t>(Mark::no_mark)][1].get(), 1u);
  EXPECT_EQ(router.answer(out).port, kLan);
}

}  // namespace
}  // namespace spillway::test
