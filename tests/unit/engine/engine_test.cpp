#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "control/replay/engine/readdress.h"
#include "control/replay/engine/round.h"
#include "control/replay/engine/sample_log.h"
#include "control/replay/engine/timeline.h"
#include "tests/support/frames.h"

namespace spillway::replay {
namespace {

using namespace std::chrono_literals;

FlowKey tuple_of(IpProto proto, std::uint16_t src_port, std::uint16_t dst_port) {
  return {Ipv4Addr::of(192, 168, 22, 10), Ipv4Addr::of(9, 9, 9, 9), L4Port::from_host(src_port),
          L4Port::from_host(dst_port), proto};
}

FlowKey renewed(FlowKey tuple, std::uint32_t round) {
  Round(round).renew(tuple);
  return tuple;
}

TEST(Timeline, ScalesWithoutDrifting) {
  Timeline t(3, 1h);
  TimePoint now;
  for (std::int64_t i = 0; i <= 300; ++i) now = t.at(i * 100);
  EXPECT_EQ(now.time_since_epoch(), 10000ns);
  EXPECT_TRUE(t.warnings().empty());
}

TEST(Timeline, NeverRunsBackwards) {
  Timeline t(1, 1h);
  t.at(1000);
  EXPECT_EQ(t.at(1500).time_since_epoch(), 500ns);
  EXPECT_EQ(t.at(200).time_since_epoch(), 500ns);
  EXPECT_EQ(t.at(1600).time_since_epoch(), 600ns);
  ASSERT_EQ(t.warnings().size(), 1u);
}

TEST(Timeline, ShortensPauses) {
  Timeline t(1, 10s);
  t.at(0);
  EXPECT_EQ(t.at(std::int64_t{1} << 60).time_since_epoch(), 10s);
  EXPECT_EQ(t.at((std::int64_t{1} << 60) + 5).time_since_epoch(), 10s + 5ns);
  EXPECT_EQ(t.warnings().size(), 1u);
}

TEST(Timeline, ANewBeginningFollowsAtOnce) {
  Timeline t(2, 1h);
  t.at(1000);
  EXPECT_EQ(t.at(3000).time_since_epoch(), 1000ns);
  t.begin_again();
  EXPECT_EQ(t.at(1000).time_since_epoch(), 1000ns);
  EXPECT_EQ(t.at(3000).time_since_epoch(), 2000ns);
  EXPECT_TRUE(t.warnings().empty());
}

TEST(Round, MovesTheOpenersPortAlone) {
  EXPECT_EQ(renewed(tuple_of(IpProto::tcp, 40000, 443), 0), tuple_of(IpProto::tcp, 40000, 443));
  EXPECT_EQ(renewed(tuple_of(IpProto::tcp, 40000, 443), 1), tuple_of(IpProto::tcp, 47919, 443));
  EXPECT_EQ(renewed(tuple_of(IpProto::udp, 8080, 65535), 1), tuple_of(IpProto::udp, 8080, 8942));
  EXPECT_EQ(renewed(tuple_of(IpProto::udp, 500, 123), 7), tuple_of(IpProto::udp, 500, 123));
  EXPECT_EQ(renewed(tuple_of(IpProto::icmp, 5, 0), 1).src_port, L4Port::from_host(7924));
}

TEST(Round, NoneOfManyHasAPortOfAnother) {
  std::set<std::uint16_t> seen;
  for (std::uint32_t round = 0; round < 65536 - 1024; ++round)
    EXPECT_TRUE(seen.insert(renewed(tuple_of(IpProto::tcp, 50000, 80), round).src_port.be).second);
}

RC_GTEST_PROP(Round, BothDirectionsStayOneConnection, (std::uint16_t a, std::uint16_t b)) {
  const FlowKey tuple =
      tuple_of(*rc::gen::element(IpProto::tcp, IpProto::udp, IpProto::icmp), a, b);
  const auto round = *rc::gen::inRange(0u, 1000000u);
  RC_ASSERT(reversed(renewed(tuple, round), Zone::lan) ==
            renewed(reversed(tuple, Zone::lan), round));
}

TEST(SampleLog, StaysBoundedAndLosesNeitherPeakNorConnection) {
  SampleLog log;
  constexpr std::size_t n = 100000;
  for (std::size_t i = 0; i < n; ++i)
    log.add({static_cast<double>(i), {{i == 77777 ? 5000u : 1u}}, {{0}}, {1}});
  const auto samples = log.take();
  EXPECT_LE(samples.size(), SampleLog::kMost);
  std::uint64_t peak = 0;
  std::uint64_t opened = 0;
  for (const auto& s : samples) {
    peak = std::max(peak, s.rx[0].value);
    opened += s.new_connections[0];
  }
  EXPECT_EQ(peak, 5000u);
  EXPECT_EQ(opened, n);
  EXPECT_EQ(samples.back().time, static_cast<double>(n - 1));
}

RC_GTEST_PROP(Readdress, ChecksumsStayAsRightOrWrongAsTheyWere,
              (const std::vector<std::uint8_t>& payload)) {
  test::FrameSpec s;
  s.proto = *rc::gen::element(IpProto::tcp, IpProto::udp, IpProto::icmp);
  s.payload = payload;
  std::vector<std::uint8_t> packet = test::build_frame(s);
  packet.erase(packet.begin(), packet.begin() + 14);
  const ParsedPacket parsed = parse_ipv4(packet.data(), packet.size());
  const bool spoil = *rc::gen::arbitrary<bool>();
  const std::size_t at = transport_checksum_at(parsed);
  if (spoil) packet[at] = static_cast<std::uint8_t>(packet[at] ^ 0x21);
  const std::uint16_t before = transport_residual(packet, parsed);
  RC_ASSERT((before != 0) == spoil);
  FlowKey tuple = key_of(parsed, Zone::lan);
  tuple.src = Ipv4Addr{*rc::gen::arbitrary<std::uint32_t>()};
  tuple.dst = Ipv4Addr{*rc::gen::arbitrary<std::uint32_t>()};
  tuple.src_port = L4Port{*rc::gen::arbitrary<std::uint16_t>()};
  set_tuple(packet, parsed, tuple);
  RC_ASSERT(header_residual(packet) == 0);
  RC_ASSERT(transport_residual(packet, parsed) == before);
  RC_ASSERT(key_of(parse_ipv4(packet.data(), packet.size()), Zone::lan) == tuple);
}

}  // namespace
}  // namespace spillway::replay
