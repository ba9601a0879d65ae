// Every way in which a packet may leave wrongly is seen, and under its own name.

#include "control/replay/engine/verifier.h"

#include <gtest/gtest.h>

#include <functional>

#include "control/replay/engine/link.h"
#include "control/snapshot.h"
#include "tests/support/script.h"

namespace spillway::replay {
namespace {

using test::Bytes;
using test::FrameSpec;
using test::Script;

/// One UDP connection, fed and sent by hand.
class Sent : public testing::Test {
 protected:
  Sent()
      : config_(test::small_config()),
        ledger_(config_),
        plan_(plan()),
        internet_(config_, plan_, ledger_) {}

  static LanPlan plan() {
    LanPlan::Settings s;
    s.lans = {*parse_interface("192.168.22.1/24")};
    LanPlan p(s);
    LanPlan::Observed o;
    o.src = Script::kHost;
    o.dst = Script::kServer;
    p.observe(o);
    p.finish();
    return p;
  }

  Feed fed(bool reply) {
    FrameSpec s;
    s.src = reply ? Script::kServer : Script::kHost;
    s.dst = reply ? Script::kHost : Script::kServer;
    if (reply) std::swap(s.src_port, s.dst_port);
    s.payload.assign(20, 9);
    bytes_ = test::build_frame(s);
    CapturedPacket packet;
    packet.ethertype = 0x0800;
    packet.cast = LinkCast::unicast;
    packet.bytes = std::span(bytes_).subspan(14);
    return std::get<Feed>(internet_.prepare(packet, TimePoint{}));
  }

  /// What a right router sends.
  Bytes right(const Feed& f, UplinkId uplink) {
    Bytes frame = f.frame;
    const Ipv4Bytes ip = Ipv4Bytes(frame).subspan(14);
    FlowKey tuple = key_of(f.parsed, Zone::lan);
    const bool to_lan = f.expected.to_lan;
    if (to_lan) {
      tuple.dst = Ipv4Addr::of(192, 168, 22, 17);
      tuple.dst_port = L4Port::from_host(40000);
    } else {
      tuple.src = config_.uplinks[index_of(uplink)].address.address;
    }
    set_tuple(ip, f.parsed, tuple);
    ip[8] = static_cast<std::uint8_t>(ip[8] - 1);
    ChecksumDelta ttl = kTtlDecrement;
    store(ip.data() + 10, ttl.apply(load<std::uint16_t>(ip.data() + 10)));
    const MacAddr to = station(to_lan ? tuple.dst : config_.uplinks[index_of(uplink)].gateway);
    const MacAddr from = router_mac(to_lan ? lan_port(0) : uplink_port(config_, uplink));
    std::copy(to.bytes.begin(), to.bytes.end(), frame.begin());
    std::copy(from.bytes.begin(), from.bytes.end(), frame.begin() + 6);
    return frame;
  }

  bool judge(const Feed& f, PortIndex port, const Bytes& frame) {
    report_ = {};
    return Verifier(config_, ledger_, report_).sent(f, port, frame, {1, 0}, TimePoint{});
  }

  config::Config config_;
  Ledger ledger_;
  LanPlan plan_;
  Internet internet_;
  Report report_;
  Bytes bytes_;
  static constexpr PortIndex kWan1 = port_index(1);
  static constexpr PortIndex kWan2 = port_index(2);
};

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);

TEST_F(Sent, RightIsRightBothWays) {
  const Feed out = fed(false);
  EXPECT_TRUE(judge(out, kWan1, right(out, kIsp1)));
  const Feed in = fed(true);
  EXPECT_EQ(in.port, kWan1);
  EXPECT_TRUE(judge(in, lan_port(0), right(in, kIsp1)));
}

TEST_F(Sent, AForeignSourceIsABadSource) {
  const Feed out = fed(false);
  EXPECT_FALSE(judge(out, kWan2, right(out, kIsp1)));
  EXPECT_EQ(report_.bad_source, 1u);
}

TEST_F(Sent, AnotherUplinkIsAChangedUplink) {
  const Feed out = fed(false);
  judge(out, kWan1, right(out, kIsp1));
  const Feed again = fed(false);
  EXPECT_FALSE(judge(again, kWan2, right(again, kIsp2)));
  EXPECT_EQ(report_.changed_uplink, 1u);
}

TEST_F(Sent, TheWrongSideIsMisDelivered) {
  const Feed out = fed(false);
  EXPECT_FALSE(judge(out, lan_port(0), right(out, kIsp1)));
  EXPECT_EQ(report_.mis_delivered, 1u);
}

struct Tampering {
  const char* what;
  std::size_t at;  ///< byte of the frame
  std::uint64_t Report::*counted;
  bool reply;
};

TEST_F(Sent, EveryTamperingIsSeen) {
  const Tampering rows[] = {{"destination MAC", 5, &Report::mis_delivered, false},
                            {"source MAC", 11, &Report::mis_delivered, false},
                            {"identification", 14 + 4, &Report::bad_payload, false},
                            {"TTL", 14 + 8, &Report::bad_payload, false},
                            {"header checksum", 14 + 10, &Report::bad_checksum, false},
                            {"source address", 14 + 15, &Report::bad_source, false},
                            {"destination address", 14 + 19, &Report::mis_delivered, false},
                            {"destination port", 14 + 23, &Report::mis_delivered, false},
                            {"UDP length", 14 + 25, &Report::bad_payload, false},
                            {"UDP checksum", 14 + 26, &Report::bad_checksum, false},
                            {"payload", 14 + 30, &Report::bad_payload, false},
                            {"LAN host", 14 + 19, &Report::mis_delivered, true},
                            {"LAN port", 14 + 23, &Report::mis_delivered, true},
                            {"reply's payload", 14 + 30, &Report::bad_payload, true},
                            {"reply's checksum", 14 + 27, &Report::bad_checksum, true}};
  const Feed first = fed(false);
  ASSERT_TRUE(judge(first, kWan1, right(first, kIsp1)));
  for (const Tampering& row : rows) {
    const Feed f = fed(row.reply);
    Bytes frame = right(f, kIsp1);
    frame[row.at] = static_cast<std::uint8_t>(frame[row.at] ^ 0x10);
    EXPECT_FALSE(judge(f, row.reply ? lan_port(0) : kWan1, frame)) << row.what;
    EXPECT_GE(report_.*row.counted, 1u) << row.what;
  }
}

TEST_F(Sent, AChangedLengthIsSeen) {
  const Feed out = fed(false);
  Bytes frame = right(out, kIsp1);
  frame.push_back(0);
  EXPECT_FALSE(judge(out, kWan1, frame));
  EXPECT_EQ(report_.bad_payload, 1u);
}

TEST_F(Sent, WhatHadToBeDroppedIsMisDelivered) {
  Feed out = fed(false);
  const Bytes frame = right(out, kIsp1);
  out.expected = Expectation::dropped(DropReason::policy);
  EXPECT_FALSE(judge(out, kWan1, frame));
  EXPECT_EQ(report_.mis_delivered, 1u);
}

TEST_F(Sent, R01_ATranslationThatAnotherConnectionHasIsSeen) {
  const Feed out = fed(false);
  judge(out, kWan1, right(out, kIsp1));
  FlowKey other;
  other.src = Ipv4Addr::of(192, 168, 22, 99);
  other.dst = Script::kServer;
  other.src_port = L4Port::from_host(7);
  other.dst_port = L4Port::from_host(53);
  other.proto = IpProto::udp;
  const ParsedPacket& parsed = out.parsed;
  const Expectation e = ledger_.from_lan({parsed, other, out.frame.data() + 14}, TimePoint{});
  EXPECT_FALSE(
      ledger_.learn(e.connection, kIsp1, ledger_[out.expected.connection].wan, TimePoint{}));
}

}  // namespace
}  // namespace spillway::replay
