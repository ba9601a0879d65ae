// The replay's rule, both sides of it: what may be undelivered, and what must not be.

#include <gtest/gtest.h>

#include "control/config/load.h"
#include "control/replay/engine/judge.h"
#include "control/replay/engine/link.h"
#include "control/replay/engine/metering.h"
#include "dataplane/net/headers.h"
#include "tests/support/script.h"

namespace spillway::replay {
namespace {

using test::FrameSpec;
using test::Script;
using test::small_config;

using Counts = std::map<std::string, std::uint64_t>;

void expect_fine(const Report& r, std::uint64_t replies, const Counts& drops,
                 const Counts& skipped = {}) {
  EXPECT_TRUE(r.verified()) << (r.failures.empty()
                                    ? ""
                                    : r.failures[0].kind + ": " + r.failures[0].detail);
  EXPECT_EQ(r.replies_delivered, replies);
  EXPECT_EQ(r.replies_due, replies);
  EXPECT_EQ(r.drops, drops);
  EXPECT_EQ(r.capture.skipped, skipped);
}

TEST(Rule, AConversationIsDelivered) {
  expect_fine(Script().tcp_conversation(40000).replay(small_config()), 3, {});
}

/// Each round opens what the capture opens, beside what the rounds before have left.
TEST(Rule, EachRoundOfALoopHasConnectionsOfItsOwn) {
  constexpr std::uint32_t rounds = 20;
  Script s;
  s.tcp_conversation(40000).udp_out(4000).udp_in(4000);
  FrameSpec ping;
  ping.proto = IpProto::icmp;
  s.out(ping);
  s.udp_out(4001);
  const test::Bytes sent = s.frames().back().bytes;
  FrameSpec hop;
  hop.src = Ipv4Addr::of(5, 5, 5, 5);
  hop.dst = Script::kHost;
  s.frame(test::build_icmp_error(hop, 11, 0, {sent.begin() + 14, sent.end()}));
  for (const Speed speed : {Speed::virtual_time, Speed::max}) {
    const Report r = s.replay(small_config(), speed, std::nullopt, rounds);
    EXPECT_EQ(r.rounds, rounds);
    EXPECT_EQ(r.packets_in, rounds * s.frames().size());
    EXPECT_EQ(r.connections_protocol,
              (Counts{{"icmp", rounds}, {"tcp", rounds}, {"udp", 2 * rounds}}));
    EXPECT_GT(r.packets_per_second, 0);
    expect_fine(r, r.replies_due, {});
    EXPECT_EQ(r.replies_due, 5 * rounds);
  }
}

TEST(Rule, AReplyAfterTheTimeoutIsRightlyDropped) {
  const Script late = Script().at(0).udp_out(4000).at(10'001).udp_in(4000);
  expect_fine(late.replay(small_config()), 0, {{"unsolicited", 1}});
  const Script intime = Script().at(0).udp_out(4000).at(10'000).udp_in(4000);
  expect_fine(intime.replay(small_config()), 1, {});
  expect_fine(late.replay(small_config("timeouts = { udp = 30; };")), 1, {});
}

TEST(Rule, AConnectionFromBeforeTheCaptureIsASettingOfTheRouter) {
  Script s = Script().tcp_out(4000, tcp::ack_flag, 1, 1).tcp_in(4000, tcp::ack_flag, 1, 1);
  expect_fine(s.replay(small_config()), 1, {});
  expect_fine(s.replay(small_config("tcp = { loose = false; };")), 0,
              {{"invalid_state", 1}, {"unsolicited", 1}});
  const Script reversed =
      Script().tcp_in(4000, tcp::ack_flag, 1, 1).tcp_out(4000, tcp::ack_flag, 1, 1);
  expect_fine(reversed.replay(small_config()), 0, {{"unsolicited", 1}});
}

TEST(Rule, AnInboundFirstPacketNeedsAPortForward) {
  const Script s = Script().tcp_in(80, tcp::syn, 1).tcp_out(80, tcp::syn | tcp::ack_flag, 9, 2);
  expect_fine(s.replay(small_config()), 0, {{"unsolicited", 1}, {"invalid_state", 1}});
  const auto config = small_config(
      "port_forwards = ( { protocol = \"tcp\"; ports = 80; to = \"192.168.22.17\"; } );");
  const Report r = s.replay(config);
  expect_fine(r, 1, {});
  EXPECT_EQ(r.connections, (Counts{{"WAN1->LANs", 1}}));
}

TEST(Rule, LocalChatterIsCountedUnderItsReasons) {
  Script s;
  s.udp_out(4000);
  FrameSpec neighbour;
  neighbour.src = Script::kHost;
  neighbour.dst = Ipv4Addr::of(10, 0, 0, 99);
  FrameSpec everyone = neighbour;
  everyone.dst = Ipv4Addr::of(10, 0, 0, 255);
  everyone.dst_mac = kBroadcastMac;
  FrameSpec group = neighbour;
  group.dst = Ipv4Addr::of(224, 0, 0, 251);
  group.dst_mac = kMulticastMac;
  test::Bytes arp = test::build_frame(neighbour);
  arp[13] = 0x06;
  test::Bytes ipv6 = test::build_frame(neighbour);
  ipv6[12] = 0x86;
  ipv6[13] = 0xdd;
  FrameSpec fragment = neighbour;
  fragment.dst = Script::kServer;
  fragment.fragment = 0x2000;
  s.frame(test::build_frame(neighbour)).frame(test::build_frame(everyone));
  s.frame(test::build_frame(group)).frame(arp).frame(ipv6).frame(test::build_frame(fragment));
  expect_fine(s.replay(small_config()), 0,
              {{"not_for_us", 1},
               {"broadcast", 1},
               {"multicast", 1},
               {"punt_arp", 1},
               {"ipv6", 1},
               {"fragment", 1}});
}

TEST(Rule, WhatTheSnapLengthCutIsFilledUpOrLeftOut) {
  FrameSpec big;
  big.src = Script::kHost;
  big.dst = Script::kServer;
  big.payload.assign(1000, 7);
  const test::Bytes whole = test::build_frame(big);
  const auto cut = [&](std::size_t n) {
    return test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
  };
  const auto length = static_cast<std::uint32_t>(whole.size());
  const Report r = Script()
                       .frame(cut(96), length)
                       .frame(cut(42), length)
                       .frame(cut(41), length)
                       .replay(small_config());
  expect_fine(r, 0, {}, {{"snap_cut_headers", 1}});
  EXPECT_EQ(r.packets_out, 2u);
  EXPECT_EQ(r.capture.adjusted.at("padded_to_original_length"), 2u);
}

TEST(Rule, ChecksumsLeftToTheCapturingHostStayAsWrong) {
  FrameSpec s;
  s.src = Script::kHost;
  s.dst = Script::kServer;
  s.proto = IpProto::tcp;
  test::Bytes partial = test::build_frame(s);
  partial[14 + 36] = static_cast<std::uint8_t>(partial[14 + 36] ^ 0x5a);
  test::Bytes none = test::build_frame({});
  none = partial;
  none[24] = none[25] = 0;
  const Report r = Script().frame(partial).frame(none).replay(small_config());
  expect_fine(r, 0, {});
  EXPECT_EQ(r.capture.adjusted.at("ip_checksum_completed"), 1u);
}

TEST(Rule, IcmpErrorsFollowTheirConnection) {
  Script s = Script().udp_out(4000);
  const test::Bytes sent = s.frames()[0].bytes;
  FrameSpec hop;
  hop.src = Ipv4Addr::of(5, 5, 5, 5);
  hop.dst = Script::kHost;
  s.frame(test::build_icmp_error(hop, 11, 0, {sent.begin() + 14, sent.end()}));
  FrameSpec other;
  other.src = Script::kHost;
  other.dst = Script::kServer;
  other.src_port = 9;
  const test::Bytes never = test::build_frame(other);
  s.frame(test::build_icmp_error(hop, 3, 1, {never.begin() + 14, never.end()}));
  expect_fine(s.replay(small_config()), 1, {{"icmp_unmatched", 1}});
}

TEST(Rule, TheRouterMayRunOutOfRoomButOnlyThen) {
  Script s;
  for (std::uint16_t port = 1; port <= 600; ++port) s.udp_out(port).udp_in(port);
  const Report r = s.replay(small_config());
  EXPECT_TRUE(r.verified());
  EXPECT_EQ(r.drops.at("table_full"), 600u - 512u);
  EXPECT_EQ(r.drops.at("unsolicited"), 600u - 512u);
  const Report limited = s.replay(small_config("timeouts = { udp_stream = 10; };"));
  EXPECT_TRUE(limited.verified());
}

TEST(Rule, R06_TheHostLimitIsCheckedToo) {
  auto config = small_config();
  config.limits.per_lan_host = 5;
  Script s;
  for (std::uint16_t port = 1; port <= 8; ++port) s.udp_out(port);
  s.at(20'000).udp_out(9);
  expect_fine(s.replay(config), 0, {{"host_limit", 3}});
}

TEST(Rule, BurstsGiveTheSameVerdictAsSinglePackets) {
  Script s;
  for (std::uint16_t port = 1; port <= 200; ++port) s.udp_out(port).udp_out(port);
  for (std::uint16_t port = 1; port <= 200; ++port) s.udp_in(port);
  s.tcp_conversation(50000);
  expect_fine(s.replay(small_config(), Speed::virtual_time), 203, {});
  expect_fine(s.replay(small_config(), Speed::max), 203, {});
}

TEST(Rule, TimeRunningBackwardsIsClampedAndSaid) {
  const Report r = Script().at(5000).udp_out(1).at(1000).udp_in(1).replay(small_config());
  expect_fine(r, 1, {});
  ASSERT_EQ(r.capture.warnings.size(), 1u);
  EXPECT_NE(r.capture.warnings[0].find("backwards at 1 packets (by up to 4 s)"), std::string::npos);
}

TEST(Rule, PausesOfYearsDoNotStopIt) {
  const std::int64_t year = 365LL * 86400 * 1000;
  const Report r =
      Script().at(0).udp_out(1).at(4 * year).udp_out(1).udp_in(1).replay(small_config());
  expect_fine(r, 1, {});
  EXPECT_EQ(r.connections.at("Sticky_ISP_1"), 2u);
}

TEST(Stage, WhatIsForTheRouterItselfEndsAsPuntLocal) {
  const auto config = small_config();
  Stage stage(config, {});
  ActiveWord word;
  word.active = uplink_id(0);
  word.usable = UplinkSet(3);
  stage.active().publish(word);
  FrameSpec s;
  s.dst_mac = stage.mac(port_index(0));
  s.dst = Ipv4Addr::of(192, 168, 22, 1);
  stage.inject(port_index(0), test::build_frame(s), 0);
  stage.poll(TimePoint{});
  stage.collect([](const Stage::Sent&) { FAIL() << "nothing may leave"; });
  EXPECT_EQ(stage.drops(DropReason::punt_local), 1u);
  EXPECT_TRUE(stage.balanced());
}

/// A router and books that disagree: what one side must not do, the other reports.
class Disagreement : public testing::Test {
 protected:
  Report run(const Script& script, const config::Config& router, const config::Config& books) {
    const test::TemporaryFile file(test::pcap_bytes(script.frames(), {1, false, true}));
    const CaptureScan scan = scan_capture(file.path(), books, {});
    Report report;
    Stage stage(router, stage_settings(scan));
    Ledger ledger(books);
    Internet internet(books, scan.plan, ledger);
    Metering metering(router, stage, report);
    Judge judge(books, stage, ledger, report);
    CaptureReader reader(file.path());
    while (const auto packet = reader.next()) {
      const TimePoint now{std::chrono::nanoseconds(packet->time_ns)};
      auto prepared = internet.prepare(*packet, now);
      auto& fed = std::get<Feed>(prepared);
      stage.introduce(fed.port, fed.parsed.src());
      const Judge::Item item{std::move(fed), {packet->frame, 0}};
      judge.run(std::span(&item, 1), now, [](PortIndex, std::span<const std::uint8_t>) {});
    }
    report.balanced = stage.balanced();
    return report;
  }
};

TEST_F(Disagreement, AReplyThatIsNotDeliveredIsAFailure) {
  const Script s = Script().at(0).udp_out(1).at(8000).udp_in(1);
  const Report r = run(s, small_config("timeouts = { udp = 5; };"), small_config());
  EXPECT_EQ(r.not_delivered, 1u);
  EXPECT_EQ(r.failures.at(0).frame, 2u);
  EXPECT_FALSE(r.verified());
}

TEST_F(Disagreement, AReplyThatShouldHaveBeenDroppedIsAFailure) {
  const Script s = Script().at(0).udp_out(1).at(8000).udp_in(1);
  EXPECT_EQ(run(s, small_config(), small_config("timeouts = { udp = 5; };")).mis_delivered, 1u);
}

TEST_F(Disagreement, AWrongReasonIsAFailure) {
  const Script s = Script().tcp_out(1, tcp::ack_flag, 1, 1);
  const auto rule = small_config("policy = ( { protocol = \"tcp\"; action = \"drop\"; } );");
  const Report r = run(s, rule, small_config("tcp = { loose = false; };"));
  EXPECT_EQ(r.wrong_drop, 1u);
}

TEST_F(Disagreement, AConnectionMovedToAnotherUplinkIsAFailure) {
  // The router forgets after a second and chooses anew, for another port; the books do not.
  const Script s = Script().at(0).udp_out(1).at(2000).udp_out(1);
  auto router = small_config("timeouts = { udp = 1; };\nbalance = { mode = \"pcc\"; };");
  const Report same = run(s, router, small_config());
  EXPECT_TRUE(same.verified()) << "placed anew on the same uplink and port: nobody can tell";
}

TEST_F(Disagreement, AnUplinkThatNoRuleAllowsIsAFailure) {
  const auto rule = [](const char* uplink) {
    return small_config("policy = ( { uplink = \"" + std::string(uplink) + "\"; } );");
  };
  EXPECT_EQ(run(Script().udp_out(1), rule("ISP_1"), rule("ISP_2")).mis_delivered, 1u);
}

}  // namespace
}  // namespace spillway::replay
