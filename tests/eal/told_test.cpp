// ICMP errors that the router itself sends: who is told what, by whom, and who is not.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "dataplane/net/icmp_error.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

constexpr MacAddr kSenderMac{{2, 0, 0, 0, 0, 99}};

FrameSpec between(Ipv4Addr src, Ipv4Addr dst, std::uint8_t ttl = 64) {
  FrameSpec s;
  s.src = src;
  s.dst = dst;
  s.ttl = ttl;
  return s;
}

/// What an error says, byte by byte where it matters.
struct Told {
  Ipv4Addr by;
  Ipv4Addr whom;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  Bytes about;

  explicit Told(const Bytes& error) {
    if (error.size() < kEtherHeader + kIcmpErrorHeaders) return;
    const std::uint8_t* ip = error.data() + kEtherHeader;
    EXPECT_TRUE(checksums_right(ip, error.size() - kEtherHeader));
    EXPECT_TRUE(std::equal(kSenderMac.bytes.begin(), kSenderMac.bytes.end(), error.begin()));
    EXPECT_TRUE(std::equal(kRouterMac.bytes.begin(), kRouterMac.bytes.end(), error.begin() + 6));
    by = Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)};
    whom = Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)};
    type = ip[20];
    code = ip[21];
    about.assign(ip + kIcmpErrorHeaders, error.data() + error.size());
  }
};

Bytes packet_in(const Bytes& frame) {
  return {frame.begin() + kEtherHeader, frame.end()};
}

PortForwardSpec web_on(UplinkId uplink) {
  return {uplink, IpProto::udp, 80, 80, kHost, 8080};
}

struct Expired {
  const char* what;
  PortIndex port;
  FrameSpec spec;
  Ipv4Addr by;
};

TEST(Told, R20_R38_TtlExceededComesFromThePortThatThePacketCameInBy) {
  TestRouter router;
  const PortForwardSpec web = web_on(kIsp2);
  router.config.forwards = ForwardTable(std::span(&web, 1));
  const Fate open = router.from_lan();
  FrameSpec reply = between(kServer, kIsp1Address, 1);
  reply.src_port = open.dst_port();
  reply.dst_port = open.src_port();
  FrameSpec request = between(kServer, kIsp2Address, 1);
  request.dst_port = 80;
  FrameSpec other = between(kHost, kServer, 1);
  other.src_port = 5;
  const Expired rows[] = {
      {"new, from the LAN", kLan, other, kRouter},
      {"of a connection, from the LAN", kLan, between(kHost, kServer, 1), kRouter},
      {"a TTL of 0", kLan, between(kHost, kServer, 0), kRouter},
      {"an answer", kWan1, reply, kIsp1Address},
      {"to a forwarded port, though the other uplink is active", kWan2, request, kIsp2Address},
  };
  for (const Expired& row : rows) {
    SCOPED_TRACE(row.what);
    const Bytes frame = build_frame(row.spec);
    const Fate fate = router.packet(row.port, frame);
    EXPECT_EQ(fate.dropped, DropReason::ttl_expired);
    const Told told(fate.error);
    EXPECT_EQ(told.by, row.by);
    EXPECT_EQ(told.whom, row.spec.src);
    EXPECT_EQ(told.type, 11);
    EXPECT_EQ(told.code, 0);
    EXPECT_EQ(told.about, packet_in(frame)) << "as its sender sent it";
  }
  EXPECT_EQ(router.counters().generated.get(), 5u);
  EXPECT_EQ(router.connections().size(), 1u) << "what expires opens nothing";
}

TEST(Told, R20_ATtlOfTwoPasses) {
  TestRouter router;
  const Fate out = router.from_lan(between(kHost, kServer, 2));
  ASSERT_EQ(out.port, kWan1);
  EXPECT_EQ(out.ip()[ipv4::ttl], 1);
}

struct Long {
  const char* what;
  std::size_t ip_bytes;
  std::size_t behind;  ///< bytes of frame after the packet
  std::size_t embedded;
};

TEST(Told, R20_EmbedsWhatFits576Bytes) {
  const Long rows[] = {{"a short one, padding left away", 29, 17, 29},
                       {"just", 548, 0, 548},
                       {"one more", 549, 0, 548},
                       {"a long one", 1500, 0, 548}};
  for (const Long& row : rows) {
    SCOPED_TRACE(row.what);
    TestRouter router;
    FrameSpec s = between(kHost, kServer, 1);
    s.payload.assign(row.ip_bytes - 28, 7);
    Bytes frame = build_frame(s);
    frame.resize(frame.size() + row.behind, 0xee);
    const Told told(router.packet(kLan, frame).error);
    EXPECT_EQ(told.about, Bytes(frame.begin() + kEtherHeader,
                                frame.begin() + static_cast<std::ptrdiff_t>(14 + row.embedded)));
  }
}

TEST(Told, R20_R25_ThePacketMayLieInSeveralBuffers) {
  TestRouter router;
  FrameSpec s = between(kHost, kServer, 1);
  s.payload.assign(1200, 7);
  const Bytes frame = build_frame(s);
  const Told told(router.scattered(kLan, frame, 300).error);
  EXPECT_EQ(told.type, 11);
  EXPECT_EQ(told.about, Bytes(frame.begin() + 14, frame.begin() + 300));
}

TEST(Told, R20_R24_AJoinedDatagramToo) {
  TestRouter router({.with_fragments = true});
  FrameSpec s = between(kHost, kServer, 1);
  s.payload.assign(3000, 7);
  const auto out = router.feed(kLan, cut_every(build_frame(s), 1480));
  ASSERT_EQ(out.size(), 1u) << "once, not for each fragment";
  EXPECT_EQ(Told(out[0].frame).type, 11);
  EXPECT_EQ(router.drops(DropReason::ttl_expired), 1u);
}

TEST(Told, R19_NoMoreThanTheBudget) {
  TestRouter router;
  const auto told = [&router](int packets) {
    int n = 0;
    for (int i = 0; i < packets; ++i)
      n += !router.from_lan(between(kHost, kServer, 1)).error.empty();
    return n;
  };
  EXPECT_EQ(told(150), 100);
  EXPECT_EQ(told(10), 0);
  router.pass(7ms);
  EXPECT_EQ(told(50), 7);
  router.pass(10s);
  EXPECT_EQ(told(150), 100);
  EXPECT_EQ(router.counters().generated.get(), 207u);
  EXPECT_EQ(router.drops(DropReason::ttl_expired), 360u) << "told or not, counted";
}

TEST(Told, R05_PortExhaustionIsProhibited) {
  TestRouter router({.connections = 2048});
  const PortForwardSpec all_low{kIsp1, IpProto::udp, 1, 1023, kHost, 1};
  router.config.forwards = ForwardTable(std::span(&all_low, 1));
  FrameSpec s;
  s.src_port = 500;
  const Fate fate = router.from_lan(s);
  EXPECT_EQ(fate.dropped, DropReason::port_exhausted);
  const Told told(fate.error);
  EXPECT_EQ(told.type, 3);
  EXPECT_EQ(told.code, 13);
  EXPECT_EQ(told.by, kRouter);
}

TEST(Told, R37_WithoutAnUplinkTheNetIsUnreachable) {
  TestRouter router;
  const Fate before = router.from_lan();
  router.word.active = UplinkId::none;
  router.word.usable = {};
  FrameSpec s;
  s.src_port = 1;
  const Fate fate = router.from_lan(s);
  EXPECT_EQ(fate.dropped, DropReason::no_uplink);
  const Told told(fate.error);
  EXPECT_EQ(told.type, 3);
  EXPECT_EQ(told.code, 0);
  EXPECT_EQ(told.by, kRouter);
  EXPECT_EQ(router.from_lan().port, kWan1) << "who is placed, stays";
  router.word.active = kIsp2;
  router.word.usable.insert(kIsp2);
  EXPECT_EQ(router.from_lan(s).port, kWan2) << "the first one back takes over";
}

TEST(Told, R37_WithoutARouteTheNetIsUnreachable) {
  TestRouter router;
  router.config.lan_list.prefixes.push_back({Ipv4Addr::of(10, 99, 0, 0), 16});
  const Fate fate = router.from_lan(between(kHost, Ipv4Addr::of(10, 99, 1, 1)));
  EXPECT_EQ(fate.dropped, DropReason::no_route);
  EXPECT_EQ(Told(fate.error).type, 3);
}

struct Silent {
  const char* what;
  PortIndex port;
  Bytes frame;
  DropReason reason;
};

std::vector<Silent> silent_rows(const Fate& open) {
  const Ipv4Addr everywhere = Ipv4Addr::of(255, 255, 255, 255);
  FrameSpec hop = between(Ipv4Addr::of(9, 9, 9, 9), kIsp1Address, 1);
  FrameSpec everyone = between(kHost, kServer, 1);
  everyone.dst_mac = MacAddr{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
  FrameSpec syn = between(kServer, kIsp1Address);
  syn.proto = IpProto::tcp;
  FrameSpec reset = between(kHost, kServer);
  reset.proto = IpProto::tcp;
  reset.tcp_flags = tcp::rst;
  return {
      {"an ICMP error", kWan1, build_icmp_error(hop, 3, 1, packet_in(open.frame)),
       DropReason::ttl_expired},
      {"to a multicast group", kLan, build_frame(between(kHost, Ipv4Addr::of(224, 0, 0, 1), 1)),
       DropReason::multicast},
      {"to everybody", kLan, build_frame(between(kHost, everywhere, 1)), DropReason::broadcast},
      {"to everybody of the LAN", kLan,
       build_frame(between(kHost, Ipv4Addr::of(192, 168, 22, 255), 1)), DropReason::broadcast},
      {"in a frame for everybody", kLan, build_frame(everyone), DropReason::broadcast},
      {"from no host", kLan, build_frame(between(Ipv4Addr::of(0, 0, 0, 0), kServer, 1)),
       DropReason::martian_source},
      {"from a group", kLan, build_frame(between(Ipv4Addr::of(239, 1, 1, 1), kServer, 1)),
       DropReason::martian_source},
      {"from outside the LAN", kLan, build_frame(between(Ipv4Addr::of(10, 1, 1, 1), kServer, 1)),
       DropReason::lan_source_outside},
      {"a stranger's SYN (R15)", kWan1, build_frame(syn), DropReason::unsolicited},
      {"a stranger's datagram", kWan1, build_frame(between(kServer, kIsp1Address, 1)),
       DropReason::unsolicited},
      {"one for a net behind us", kWan1, build_frame(between(kServer, kHost, 1)),
       DropReason::not_translated},
      {"a reset of nothing", kLan, build_frame(reset), DropReason::invalid_state},
  };
}

TEST(Told, R15_R19_NobodyHearsOfThese) {
  TestRouter router;
  const Fate open = router.from_lan();
  for (const Silent& row : silent_rows(open)) {
    const Fate fate = router.packet(row.port, row.frame);
    EXPECT_EQ(fate.dropped, row.reason) << row.what;
    EXPECT_TRUE(fate.error.empty()) << row.what;
  }
  EXPECT_EQ(router.counters().generated.get(), 0u);
}

TEST(Told, WhereNobodyListensNothingIsSaid) {
  TestRouter router({.tell_senders = false});
  const Fate fate = router.from_lan(between(kHost, kServer, 1));
  EXPECT_EQ(fate.dropped, DropReason::ttl_expired);
  EXPECT_TRUE(fate.error.empty());
}

TEST(Told, R11_AnExpiredPacketRefreshesNothing) {
  TestRouter router;
  const Fate out = router.from_lan();
  router.pass(9s);
  router.from_lan(between(kHost, kServer, 1));
  router.pass(2s);
  EXPECT_EQ(router.answer(out).dropped, DropReason::unsolicited);
}

}  // namespace
}  // namespace spillway::test
