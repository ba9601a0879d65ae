#include "control/health/echo_probe.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <vector>

#include "dataplane/net/headers.h"
#include "dataplane/net/parser.h"
#include "tests/support/frames.h"

namespace spillway {
namespace {

const EchoProbe kProbe{MacAddr{{2, 0, 0, 0, 0, 1}},
                       MacAddr{{2, 0, 0, 0, 0, 9}},
                       Ipv4Addr::of(1, 1, 1, 32),
                       Ipv4Addr::of(8, 8, 8, 8),
                       4711,
                       12,
                       0x1122334455667788};

/// What a host makes of a request.
std::vector<std::uint8_t> answered(const EchoProbe& probe) {
  const auto request = write_echo(probe);
  std::vector<std::uint8_t> frame(request.begin(), request.end());
  std::uint8_t* ip = frame.data() + kEtherHeader;
  store(ip + ipv4::src, probe.to.be);
  store(ip + ipv4::dst, probe.from.be);
  ip[20] = icmp::echo_reply;
  ChecksumDelta type;
  type.replace(std::uint16_t{icmp::echo_request}, std::uint16_t{icmp::echo_reply});
  store(ip + 22, type.apply(load<std::uint16_t>(ip + 22)));
  return frame;
}

TEST(EchoProbe, IsAWellFormedPing) {
  const auto frame = write_echo(kProbe);
  const ParsedPacket parsed = parse_frame(frame.data(), frame.size(), kProbe.to_mac);
  EXPECT_EQ(parsed.kind, PacketKind::flow);
  EXPECT_EQ(parsed.src(), kProbe.from);
  EXPECT_EQ(parsed.dst(), kProbe.to);
  EXPECT_TRUE(test::checksums_right(frame.data() + kEtherHeader, frame.size() - kEtherHeader));
  EXPECT_EQ(frame[kEtherHeader + 20], icmp::echo_request);
}

TEST(EchoProbe, ItsAnswerSaysWhatWasAsked) {
  const auto reply = read_echo_reply(answered(kProbe));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->from, kProbe.to);
  EXPECT_EQ(reply->to, kProbe.from);
  EXPECT_EQ(reply->id, 4711);
  EXPECT_EQ(reply->sequence, 12);
  EXPECT_EQ(reply->nonce, kProbe.nonce);
}

TEST(EchoProbe, R34_RequestsAndDamagedAnswersAreNone) {
  EXPECT_FALSE(read_echo_reply(write_echo(kProbe))) << "a request";
  const auto good = answered(kProbe);
  for (std::size_t at = kEtherHeader + 20; at < kEtherHeader + 44; ++at) {
    auto damaged = good;
    damaged[at] ^= 0x10;
    EXPECT_FALSE(read_echo_reply(damaged)) << at;
  }
  for (std::size_t n = 0; n < kEtherHeader + 44; ++n)
    EXPECT_FALSE(read_echo_reply(std::span(good).first(n))) << n;
}

RC_GTEST_PROP(EchoProbe, R44_AnyBytesAreHandled, (std::vector<std::uint8_t> bytes)) {
  read_echo_reply(bytes);
  bytes.resize(std::max<std::size_t>(bytes.size(), 80));
  bytes[14] = static_cast<std::uint8_t>(0x40 | (bytes[14] & 0x0f));
  bytes[23] = 1;
  read_echo_reply(bytes);
}

TEST(EchoProbe, R34_NoncesAreOfTheirProbeAlone) {
  const HashSecret secret{1, 2};
  std::set<std::uint64_t> seen;
  for (std::size_t uplink = 0; uplink < 4; ++uplink)
    for (unsigned target = 1; target < 5; ++target)
      for (std::uint16_t sequence = 0; sequence < 1000; ++sequence)
        seen.insert(
            probe_nonce(secret, uplink_id(uplink), Ipv4Addr::of(8, 8, 8, target), sequence));
  EXPECT_EQ(seen.size(), 16000u);
  EXPECT_NE(probe_nonce(secret, uplink_id(0), Ipv4Addr::of(8, 8, 8, 8), 1),
            probe_nonce({3, 4}, uplink_id(0), Ipv4Addr::of(8, 8, 8, 8), 1));
}

}  // namespace
}  // namespace spillway
