// R07: a LAN host reaches a forwarded port by the uplink's public address (RFC 4787 REQ-9).

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr Ipv4Addr kTarget = Ipv4Addr::of(192, 168, 22, 20);
constexpr Ipv4Addr kOther = Ipv4Addr::of(192, 168, 22, 11);

/// A web server at kTarget:8080, seen as port 80 of the second uplink.
struct Hairpin : testing::Test {
  Hairpin() {
    const PortForwardSpec web[] = {{kIsp2, IpProto::udp, 80, 80, kTarget, 8080},
                                   {kIsp2, IpProto::tcp, 80, 80, kTarget, 8080}};
    router.config.forwards = ForwardTable(web);
    router.learn(kLan, kTarget);
    router.learn(kLan, kOther);
  }
  static FrameSpec request(Ipv4Addr from, IpProto proto = IpProto::udp) {
    FrameSpec s;
    s.src = from;
    s.dst = kIsp2Address;
    s.dst_port = 80;
    s.proto = proto;
    return s;
  }
  static bool right(const Fate& f) {
    return checksums_right(f.ip(), f.frame.size() - kEtherHeader);
  }
  TestRouter router;
};

TEST_F(Hairpin, R07_ThereAndBack) {
  const Fate there = router.packet(kLan, build_frame(request(kHost)));
  ASSERT_EQ(there.port, kLan);
  EXPECT_EQ(there.src(), kIsp2Address) << "RFC 4787 REQ-9a";
  EXPECT_EQ(there.dst(), kTarget);
  EXPECT_EQ(there.dst_port(), 8080);
  EXPECT_EQ(there.ip()[ipv4::ttl], 63);
  EXPECT_TRUE(right(there));
  const MacAddr to = mac_of(kTarget);
  EXPECT_TRUE(std::equal(to.bytes.begin(), to.bytes.end(), there.frame.begin()));
  const Fate back = router.answer(there);
  ASSERT_EQ(back.port, kLan);
  EXPECT_EQ(back.src(), kIsp2Address) << "as the host knows the server";
  EXPECT_EQ(back.src_port(), 80);
  EXPECT_EQ(back.dst(), kHost);
  EXPECT_EQ(back.dst_port(), 40000);
  EXPECT_TRUE(right(back));
  EXPECT_EQ(router.connections().size(), 1u);
  const auto& marks = router.counters().opened[static_cast<std::size_t>(Mark::wan_to_lans)];
  EXPECT_EQ(marks[kMaxUplinks].get(), 1u) << "on no uplink";
}

TEST_F(Hairpin, R07_R13_TcpFromOpeningToEnd) {
  FrameSpec s = request(kHost, IpProto::tcp);
  const Fate syn = router.packet(kLan, build_frame(s));
  ASSERT_EQ(syn.port, kLan);
  FrameSpec reply;
  reply.tcp_flags = tcp::syn | tcp::ack_flag;
  reply.seq = 5000;
  reply.ack = 1001;
  EXPECT_EQ(router.answer(syn, reply).dst(), kHost);
  s.tcp_flags = tcp::ack_flag;
  s.seq = 1001;
  s.ack = 5001;
  router.packet(kLan, build_frame(s));
  router.pass(std::chrono::hours(1));
  const Fate later = router.packet(kLan, build_frame(s));
  EXPECT_EQ(later.dst(), kTarget) << "established";
  EXPECT_EQ(later.src_port(), syn.src_port());
}

TEST_F(Hairpin, R01_R07_HostsWithOnePortGetTwo) {
  const Fate first = router.packet(kLan, build_frame(request(kHost)));
  const Fate second = router.packet(kLan, build_frame(request(kOther)));
  EXPECT_NE(first.src_port(), second.src_port());
  EXPECT_EQ(router.answer(first).dst(), kHost);
  EXPECT_EQ(router.answer(second).dst(), kOther);
}

TEST_F(Hairpin, R07_TheTargetReachesItself) {
  const Fate there = router.packet(kLan, build_frame(request(kTarget)));
  ASSERT_EQ(there.port, kLan);
  EXPECT_EQ(there.src(), kIsp2Address);
  EXPECT_EQ(router.answer(there).dst(), kTarget);
}

TEST_F(Hairpin, R07_FromInsideAndOutsideAtOnce) {
  FrameSpec outside = request(kServer);
  const Fate in = router.packet(kWan2, build_frame(outside));
  const Fate hair = router.packet(kLan, build_frame(request(kHost)));
  ASSERT_EQ(in.port, kLan);
  ASSERT_EQ(hair.port, kLan);
  EXPECT_EQ(in.src(), kServer) << "strangers keep their address";
  EXPECT_EQ(hair.src(), kIsp2Address);
  const Fate to_outside = router.answer(in);
  EXPECT_EQ(to_outside.port, kWan2) << "R38";
  EXPECT_EQ(to_outside.src(), kIsp2Address);
  EXPECT_EQ(to_outside.src_port(), 80);
  const Fate to_inside = router.answer(hair);
  EXPECT_EQ(to_inside.port, kLan);
  EXPECT_EQ(to_inside.dst(), kHost);
  EXPECT_EQ(router.connections().size(), 2u);
}

TEST_F(Hairpin, R07_NeedsNoUplink) {
  router.word.usable = {};
  router.word.active = UplinkId::none;
  const Fate there = router.packet(kLan, build_frame(request(kHost)));
  ASSERT_EQ(there.port, kLan);
  EXPECT_EQ(router.answer(there).dst(), kHost);
}

TEST_F(Hairpin, R07_OnlyForwardedPorts) {
  FrameSpec s = request(kHost);
  s.dst_port = 81;
  EXPECT_TRUE(router.packet(kLan, build_frame(s)).punted);
  s.dst = kIsp1Address;
  s.dst_port = 80;
  EXPECT_TRUE(router.packet(kLan, build_frame(s)).punted) << "of that uplink only";
  EXPECT_EQ(router.connections().size(), 0u);
  router.config.local.deliver = true;
  EXPECT_TRUE(router.packet(kLan, build_frame(s)).punted);
  EXPECT_EQ(router.connections().size(), 1u) << "a connection to the router itself";
}

TEST_F(Hairpin, R06_R07_TheHostsCapHolds) {
  TestRouter capped({.counted_hosts = 8});
  capped.config.forwards = router.config.forwards;
  capped.config.per_lan_host = 1;
  capped.learn(kLan, kTarget);
  EXPECT_EQ(capped.packet(kLan, build_frame(request(kHost))).port, kLan);
  FrameSpec s = request(kHost);
  s.src_port = 2;
  EXPECT_EQ(capped.packet(kLan, build_frame(s)).dropped, DropReason::host_limit);
}

TEST_F(Hairpin, R07_R18_AnErrorOfTheTargetReachesTheHost) {
  FrameSpec sent = request(kHost);
  sent.payload.assign(16, 3);
  const Fate there = router.packet(kLan, build_frame(sent));
  FrameSpec refusal;
  refusal.src = kTarget;
  refusal.dst = kIsp2Address;
  const Bytes about(there.ip(), there.ip() + there.frame.size() - kEtherHeader);
  const auto out = router.feed(kLan, {build_icmp_error(refusal, 3, 3, about)});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].port, kLan);
  const std::uint8_t* ip = out[0].frame.data() + kEtherHeader;
  EXPECT_TRUE(checksums_right(ip, out[0].frame.size() - kEtherHeader));
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)}, kIsp2Address);
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)}, kHost);
  EXPECT_TRUE(checksums_right(ip + 28, out[0].frame.size() - 42));
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + 28 + ipv4::dst)}, kIsp2Address);
}

TEST_F(Hairpin, R07_R20_TtlCountsHereToo) {
  FrameSpec s = request(kHost);
  s.ttl = 1;
  const Fate fate = router.packet(kLan, build_frame(s));
  EXPECT_EQ(fate.dropped, DropReason::ttl_expired);
  EXPECT_FALSE(fate.error.empty());
}

}  // namespace
}  // namespace spillway::test
