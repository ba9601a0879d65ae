// Packets over the MTU of the port they leave by: cut (R24), or their sender is told (R20).

#include <gtest/gtest.h>

#include <numeric>

#include "dataplane/net/headers.h"
#include "dataplane/net/icmp_error.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t kDontFragment = 0x4000;

FrameSpec of_length(std::size_t ip_bytes) {
  FrameSpec s;
  s.payload.resize(ip_bytes - ipv4::min_header - udp::header);
  std::iota(s.payload.begin(), s.payload.end(), std::uint8_t{3});
  return s;
}

FrameSpec reply_of_length(std::size_t ip_bytes) {
  FrameSpec s = of_length(ip_bytes);
  s.src = kServer;
  s.dst = kIsp1Address;
  std::swap(s.src_port, s.dst_port);
  return s;
}

FrameSpec translated(FrameSpec s) {
  s.src = kIsp1Address;
  s.src_mac = kRouterMac;
  s.dst_mac = mac_of(kIsp1Gateway);
  --s.ttl;
  return s;
}

std::vector<Bytes> frames_of(const std::vector<Sent>& sent) {
  std::vector<Bytes> frames;
  for (const Sent& s : sent) frames.push_back(s.frame);
  return frames;
}

std::size_t ip_length(const Bytes& frame) {
  return frame.size() - kEtherHeader;
}

TestRouter::Options with_mtu(std::uint16_t lan, std::uint16_t wan) {
  TestRouter::Options options;
  options.with_fragments = true;
  options.mtu = {lan, wan, wan};
  return options;
}

TEST(Cut, R24_PiecesFitAndMakeTheTranslatedPacket) {
  for (const int mtu : {68, 576, 1006, 1280, 1492, 1499}) {
    for (const std::size_t length : {1500u, 1501u, 2900u, 2961u}) {
      SCOPED_TRACE(testing::Message() << length << " bytes, MTU " << mtu);
      TestRouter router(with_mtu(9000, static_cast<std::uint16_t>(mtu)));
      const FrameSpec spec = of_length(length);
      const auto out = router.feed(kLan, {build_frame(spec)});
      EXPECT_EQ(put_together(frames_of(out)), build_frame(translated(spec)));
      for (std::size_t i = 0; i < out.size(); ++i) {
        EXPECT_EQ(out[i].port, kWan1);
        EXPECT_LE(ip_length(out[i].frame), static_cast<std::size_t>(mtu));
        EXPECT_EQ((ip_length(out[i].frame) - 20) % 8 != 0 && i + 1 < out.size(), false);
      }
      EXPECT_EQ(router.counters().split.get(), out.size() - 1);
    }
  }
}

TEST(Cut, R24_WhatFitsIsNotCut) {
  TestRouter router(with_mtu(1500, 1400));
  EXPECT_EQ(router.feed(kLan, {build_frame(of_length(1400))}).size(), 1u);
  EXPECT_EQ(router.counters().split.get(), 0u);
  EXPECT_EQ(router.feed(kLan, {build_frame(of_length(1401))}).size(), 2u);
}

TEST(Cut, R24_AJumboDatagramInSeveralBuffersBothWays) {
  TestRouter router(with_mtu(9000, 1500));
  const FrameSpec request = of_length(8028);
  const auto out = router.feed(kLan, {build_frame(request)});
  EXPECT_EQ(out.size(), 6u);
  EXPECT_EQ(put_together(frames_of(out)), build_frame(translated(request)));
  const FrameSpec reply = reply_of_length(8028);
  const auto back = router.feed(kWan1, cut_every(build_frame(reply), 1480));
  ASSERT_EQ(back.size(), 1u) << "it fits the LAN as a whole";
  EXPECT_EQ(back[0].port, kLan);
  EXPECT_TRUE(checksums_right(back[0].frame.data() + 14, back[0].frame.size() - 14));
}

TEST(Cut, R24_TrailingBytesOfTheFrameAreNoData) {
  TestRouter router(with_mtu(9000, 1400));
  for (const std::size_t length : {1450u, 1500u, 5000u}) {
    const FrameSpec spec = of_length(length);
    Bytes frame = build_frame(spec);
    frame.resize(frame.size() + 40, 0xee);
    EXPECT_EQ(put_together(frames_of(router.feed(kLan, {frame}))), build_frame(translated(spec)));
  }
}

TEST(Cut, R24_OptionsAreCopiedAsTheyWant) {
  TestRouter router(with_mtu(1500, 600));
  FrameSpec spec = of_length(1400);
  spec.ip_options = {7, 7, 4, 0, 0, 0, 0, 0, 148, 4, 0, 0};  // a route is not copied, an alert is
  const auto out = frames_of(router.feed(kLan, {build_frame(spec)}));
  EXPECT_EQ(out.size(), 3u);
  for (const Bytes& frame : out) {
    EXPECT_LE(ip_length(frame), 600u);
    EXPECT_TRUE(checksums_right(frame.data() + 14, frame.size() - 14));
  }
  EXPECT_EQ(put_together(out), build_frame(translated(spec)));
}

struct TooBig {
  const char* what;
  PortIndex port;
  FrameSpec spec;
  Ipv4Addr told_by;
  Ipv4Addr told;
  std::uint16_t mtu;
};

TEST(Cut, R20_WhoSaysDontFragmentIsToldTheMtu) {
  TestRouter router(with_mtu(1400, 1300));
  EXPECT_EQ(router.from_lan().port, kWan1);
  const TooBig rows[] = {
      {"from the LAN", kLan, of_length(1350), kRouter, kHost, 1300},
      {"one byte too many", kLan, of_length(1301), kRouter, kHost, 1300},
      {"from the uplink", kWan1, reply_of_length(1401), kIsp1Address, kServer, 1400},
  };
  for (TooBig row : rows) {
    SCOPED_TRACE(row.what);
    row.spec.fragment = kDontFragment;
    const Bytes frame = build_frame(row.spec);
    const Fate fate = router.packet(row.port, frame);
    EXPECT_EQ(fate.dropped, DropReason::mtu_exceeded);
    ASSERT_EQ(ip_length(fate.error), 576u);
    const std::uint8_t* ip = fate.error.data() + kEtherHeader;
    EXPECT_TRUE(checksums_right(ip, 576));
    EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)}, row.told_by);
    EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)}, row.told);
    EXPECT_EQ(ip[20], 3);
    EXPECT_EQ(ip[21], 4);
    EXPECT_EQ(swap16(load<std::uint16_t>(ip + 26)), row.mtu);
    EXPECT_EQ(Bytes(ip + 28, ip + 576), Bytes(frame.begin() + 14, frame.begin() + 14 + 548))
        << "the packet as its sender knows it";
  }
}

TEST(Cut, R20_TheMtuThatWasToldFits) {
  TestRouter router(with_mtu(1500, 1300));
  FrameSpec s = of_length(1500);
  s.fragment = kDontFragment;
  EXPECT_FALSE(router.packet(kLan, build_frame(s)).error.empty());
  s.payload.resize(1300 - 28);
  EXPECT_EQ(router.packet(kLan, build_frame(s)).port, kWan1);
}

TEST(Cut, R20_AReceivedAnswerAboutTheMtuReachesTheSender) {
  TestRouter router(with_mtu(1500, 1500));
  const Fate out = router.from_lan(of_length(1400));
  FrameSpec hop;
  hop.src = Ipv4Addr::of(9, 9, 9, 9);
  hop.dst = kIsp1Address;
  Bytes error = build_icmp_error(hop, 3, 4, {out.frame.begin() + 14, out.frame.begin() + 14 + 28});
  const Fate in = router.packet(kWan1, error);
  ASSERT_EQ(in.port, kLan);
  EXPECT_EQ(in.dst(), kHost);
}

TEST(Cut, R45_WithoutBuffersForThePiecesThePacketIsACountedDrop) {
  TestRouter::Options options = with_mtu(9000, 1400);
  options.fragment_buffers = 4;
  TestRouter router(options);
  EXPECT_TRUE(router.feed(kLan, {build_frame(of_length(8000))}).empty());
  EXPECT_EQ(router.drops(DropReason::mtu_exceeded), 1u);
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.feed(kLan, {build_frame(of_length(2000))}).size(), 2u) << "full recovery";
}

TEST(Cut, R45_MorePiecesThanOnePacketMayMake) {
  TestRouter router(with_mtu(9000, 100));
  EXPECT_TRUE(router.feed(kLan, {build_frame(of_length(8000))}).empty());
  EXPECT_EQ(router.drops(DropReason::mtu_exceeded), 1u);
}

TEST(Cut, R45_PiecesLeaveRoomForTheRestOfTheBurst) {
  TestRouter router(with_mtu(9000, 1400));
  std::vector<Bytes> frames(40, build_frame(of_length(8000)));
  FrameSpec small;
  small.src_port = 7;
  frames.insert(frames.end(), 24, build_frame(small));
  const auto out = router.feed(kLan, frames);
  EXPECT_LE(out.size(), TxBuffers::kCapacity);
  std::size_t small_ones = 0;
  for (const Sent& s : out) small_ones += fragment_word(s.frame) == 0;
  EXPECT_EQ(small_ones, 24u) << "what needs no cutting is not displaced";
  EXPECT_EQ(out.size() + router.drops(DropReason::tx_full), 40 * 6 + 24u);
}

TEST(Cut, R24_WithoutBuffersForFragmentsEverySenderIsTold) {
  TestRouter router({.mtu = {1500, 1400, 1400}});
  const Fate fate = router.packet(kLan, build_frame(of_length(1500)));
  EXPECT_EQ(fate.dropped, DropReason::mtu_exceeded);
  EXPECT_FALSE(fate.error.empty());
}

}  // namespace
}  // namespace spillway::test
