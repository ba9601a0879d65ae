// R24 on the way in: fragments are put together before anything looks at them.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "dataplane/net/headers.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

const TestRouter::Options kJoins{.with_fragments = true};

/// A datagram whose bytes tell where they belong.
FrameSpec datagram(std::size_t payload, std::uint16_t id = 1) {
  FrameSpec s;
  s.ip_id = id;
  s.payload.resize(payload);
  std::iota(s.payload.begin(), s.payload.end(), static_cast<std::uint8_t>(id * 7));
  return s;
}

/// The same as it must leave by the first uplink.
FrameSpec translated(FrameSpec s) {
  s.src = kIsp1Address;
  s.src_mac = kRouterMac;
  s.dst_mac = mac_of(kIsp1Gateway);
  --s.ttl;
  return s;
}

std::vector<Bytes> frames_of(const std::vector<Sent>& sent, PortIndex port) {
  std::vector<Bytes> frames;
  for (const Sent& s : sent) {
    EXPECT_EQ(s.port, port);
    frames.push_back(s.frame);
  }
  return frames;
}

TEST(Fragments, R24_AnyOrderGivesTheDatagram) {
  const auto pieces = cut_every(build_frame(datagram(1000)), 256);
  ASSERT_EQ(pieces.size(), 4u);
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    TestRouter router(kJoins);
    std::vector<Bytes> arrivals;
    for (const std::size_t at : order) arrivals.push_back(pieces[at]);
    const auto out = router.feed(kLan, arrivals);
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].port, kWan1);
    EXPECT_EQ(out[0].frame, build_frame(translated(datagram(1000))));
    EXPECT_EQ(router.counters().merged.get(), 3u);
    EXPECT_EQ(router.pipeline().held(), 0u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Fragments, R24_OneByOneInBurstsOfTheirOwn) {
  TestRouter router(kJoins);
  const auto pieces = cut_every(build_frame(datagram(600)), 200);
  EXPECT_TRUE(router.feed(kLan, {pieces[2]}).empty());
  EXPECT_TRUE(router.feed(kLan, {pieces[0]}).empty());
  EXPECT_EQ(router.pipeline().held(), 2u);
  EXPECT_TRUE(router.balanced());
  router.feed(kLan, {pieces[3]});
  router.pass(5s);
  ASSERT_EQ(router.feed(kLan, {pieces[1]}).size(), 1u) << "the last moment";
}

TEST(Fragments, R24_LongDatagramsLeaveInPiecesAndComeBackInPieces) {
  TestRouter router(kJoins);
  const FrameSpec request = datagram(8000);
  const auto out = router.feed(kLan, cut_every(build_frame(request), 1480));
  EXPECT_EQ(out.size(), 6u);
  EXPECT_EQ(put_together(frames_of(out, kWan1)), build_frame(translated(request)));
  FrameSpec reply = datagram(8000, 2);
  reply.src = kServer;
  reply.dst = kIsp1Address;
  std::swap(reply.src_port, reply.dst_port);
  auto pieces = cut_every(build_frame(reply), 1480);
  std::reverse(pieces.begin(), pieces.end());
  const auto back = router.feed(kWan1, pieces);
  reply.dst = kHost;
  reply.src_mac = kRouterMac;
  reply.dst_mac = mac_of(kHost);
  --reply.ttl;
  EXPECT_EQ(put_together(frames_of(back, kLan)), build_frame(reply));
  EXPECT_EQ(router.connections().size(), 1u);
  EXPECT_EQ(router.counters().merged.get(), 10u);
  EXPECT_EQ(router.counters().split.get(), 10u);
}

TEST(Fragments, R18_R24_ALongPingIsAnswered) {
  TestRouter router(kJoins);
  FrameSpec ping = datagram(5000);
  ping.proto = IpProto::icmp;
  const auto out = router.feed(kLan, cut_every(build_frame(ping), 1480));
  EXPECT_EQ(put_together(frames_of(out, kWan1)), build_frame(translated(ping)));
}

TEST(Fragments, R24_InterleavedDatagramsDoNotMix) {
  TestRouter router(kJoins);
  std::vector<Bytes> arrivals;
  const auto first = cut_every(build_frame(datagram(900, 1)), 304);
  const auto second = cut_every(build_frame(datagram(900, 2)), 304);
  for (std::size_t i = 0; i < first.size(); ++i) {
    arrivals.push_back(first[i]);
    arrivals.push_back(second[second.size() - 1 - i]);
  }
  const auto out = router.feed(kLan, arrivals);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].frame, build_frame(translated(datagram(900, 1))));
  EXPECT_EQ(out[1].frame, build_frame(translated(datagram(900, 2))));
}

TEST(Fragments, R24_OneIdentificationOfTwoProtocolsIsTwoDatagrams) {
  TestRouter router(kJoins);
  FrameSpec other = datagram(900);
  other.proto = static_cast<IpProto>(47);
  const auto udp = cut_every(build_frame(datagram(900)), 456);
  const auto gre = cut_every(build_frame(other), 456);
  const auto out = router.feed(kLan, {udp[0], gre[0], gre[1], udp[1]});
  ASSERT_EQ(out.size(), 2u) << "RFC 791 3.2: source, destination, protocol, identification";
  EXPECT_EQ(out[0].frame, build_frame(translated(other)));
  EXPECT_EQ(out[1].frame, build_frame(translated(datagram(900))));
}

TEST(Fragments, R23_PiecesFromTwoUplinksAreNoDatagram) {
  TestRouter router(kJoins);
  const Fate sent = router.from_lan();
  ASSERT_EQ(sent.port, kWan1);
  FrameSpec reply = datagram(900);
  reply.src = kServer;
  reply.dst = kIsp1Address;
  std::swap(reply.src_port, reply.dst_port);
  const auto pieces = cut_every(build_frame(reply), 456);
  EXPECT_TRUE(router.feed(kWan2, {pieces[0]}).empty());
  EXPECT_TRUE(router.feed(kWan1, {pieces[1]}).empty()) << "half of it came in where it must not";
  router.feed(kWan1, {pieces[0], pieces[1]});
}

TEST(Fragments, R24_AMissingOneIsWaitedForAndThenGivenUp) {
  TestRouter router(kJoins);
  auto pieces = cut_every(build_frame(datagram(1000)), 256);
  const Bytes missing = pieces[1];
  pieces.erase(pieces.begin() + 1);
  EXPECT_TRUE(router.feed(kLan, pieces).empty());
  router.pass(5s);
  router.expire();
  EXPECT_EQ(router.pipeline().held(), 3u);
  router.pass(1ms);
  router.expire();
  EXPECT_EQ(router.pipeline().held(), 0u);
  EXPECT_EQ(router.drops(DropReason::fragment), 3u);
  EXPECT_TRUE(router.balanced());
  EXPECT_TRUE(router.feed(kLan, {missing}).empty()) << "too late";
  EXPECT_EQ(router.pipeline().held(), 1u);
}

TEST(Fragments, R24_TheSameIdentificationStartsAnewAfterTheTimeout) {
  TestRouter router(kJoins);
  const auto old = cut_every(build_frame(datagram(900, 1)), 456);
  router.feed(kLan, {old[0]});
  router.pass(6s);
  const auto out = router.feed(kLan, {old[1], old[0]});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].frame, build_frame(translated(datagram(900, 1))));
  EXPECT_EQ(router.drops(DropReason::fragment), 1u);
}

TEST(Fragments, R42_FragmentsThatWaitAtTheEndAreDrained) {
  TestRouter router(kJoins);
  for (std::uint16_t id = 1; id <= 40; ++id)
    router.feed(kLan, {cut_every(build_frame(datagram(900, id)), 456).front()});
  EXPECT_EQ(router.pipeline().held(), 40u);
  router.pipeline().drain();
  EXPECT_EQ(router.pipeline().held(), 0u);
  EXPECT_EQ(router.drops(DropReason::fragment), 40u);
  router.pipeline().drain();
  EXPECT_EQ(router.drops(DropReason::fragment), 40u);
}

TEST(Fragments, R24_JoinedDatagramsAreJudgedLikeAnyOther) {
  TestRouter router(kJoins);
  FrameSpec stranger = datagram(900);
  stranger.src = kServer;
  stranger.dst = kIsp1Address;
  router.feed(kWan1, cut_every(build_frame(stranger), 456));
  EXPECT_EQ(router.drops(DropReason::unsolicited), 1u);
  FrameSpec martian = datagram(900, 2);
  martian.src = Ipv4Addr::of(10, 1, 1, 1);
  router.feed(kLan, cut_every(build_frame(martian), 456));
  EXPECT_EQ(router.drops(DropReason::lan_source_outside), 1u);
  Bytes wrong = build_frame(datagram(900, 3));
  wrong[kEtherHeader + ipv4::min_header + udp::length] = 0xff;
  router.feed(kLan, cut_every(wrong, 456));
  EXPECT_EQ(router.drops(DropReason::bad_l4_header), 1u);
  EXPECT_EQ(router.counters().merged.get(), 3u);
}

TEST(Fragments, R24_LinuxGetsWholeDatagrams) {
  TestRouter router(kJoins);
  router.config.local.deliver = true;
  FrameSpec s = datagram(3000);
  s.dst = kRouter;
  const auto out = router.feed(kLan, cut_every(build_frame(s), 1480));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].port, PortIndex::kernel);
  const Bytes sent = build_frame(s);
  EXPECT_EQ(Bytes(out[0].frame.begin() + 14, out[0].frame.end()),
            Bytes(sent.begin() + 14, sent.end()));
}

}  // namespace
}  // namespace spillway::test
