// R24, R44: fragments that are wrong, odd or too many. Whatever they are, no wrong datagram comes
// out, every buffer is accounted for, and the next datagram passes.

#include <gtest/gtest.h>

#include <numeric>

#include "dataplane/net/headers.h"
#include "dataplane/path/fragments.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

const TestRouter::Options kJoins{.with_fragments = true};

FrameSpec datagram(std::size_t payload, std::uint16_t id = 1) {
  FrameSpec s;
  s.ip_id = id;
  s.payload.resize(payload);
  std::iota(s.payload.begin(), s.payload.end(), static_cast<std::uint8_t>(id));
  return s;
}

bool whole(const Bytes& frame) {
  return checksums_right(frame.data() + 14, frame.size() - 14);
}

/// Lets every fragment time out: nothing may be left.
void give_up(TestRouter& router) {
  router.pass(6s);
  for (int i = 0; i < 100 && router.pipeline().held() > 0; ++i) router.expire();
  EXPECT_EQ(router.pipeline().held(), 0u);
  EXPECT_TRUE(router.balanced());
}

void expect_next_passes(TestRouter& router) {
  const auto out = router.feed(kLan, cut_every(build_frame(datagram(900, 999)), 456));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(whole(out[0].frame));
}

/// A fragment of `length` bytes of data at `offset`.
Bytes fragment(std::size_t offset, std::size_t length, bool more, std::uint16_t id = 1) {
  FrameSpec s;
  s.proto = static_cast<IpProto>(47);
  s.ip_id = id;
  s.fragment = static_cast<std::uint16_t>(offset / 8 | (more ? 0x2000u : 0u));
  s.payload.assign(length, static_cast<std::uint8_t>(offset));
  return build_frame(s);
}

TEST(HostileFragments, R24_DuplicatesGiveNoWrongDatagram) {
  const auto pieces = cut_every(build_frame(datagram(1000)), 256);
  for (std::size_t twice = 0; twice < pieces.size(); ++twice) {
    for (std::size_t again = twice + 1; again <= pieces.size(); ++again) {
      TestRouter router(kJoins);
      auto arrivals = pieces;
      arrivals.insert(arrivals.begin() + static_cast<std::ptrdiff_t>(again), pieces[twice]);
      for (const Sent& sent : router.feed(kLan, arrivals))
        EXPECT_TRUE(whole(sent.frame)) << twice << " again at " << again;
      give_up(router);
      expect_next_passes(router);
    }
  }
}

struct Oddity {
  const char* what;
  std::vector<Bytes> fragments;
};

std::vector<Oddity> oddities() {
  return {
      {"a duplicate hides a hole",
       {fragment(0, 8, true), fragment(16, 8, true), fragment(16, 8, true),
        fragment(24, 8, false)}},
      {"the same, the last one first",
       {fragment(24, 8, false), fragment(16, 8, true), fragment(0, 8, true),
        fragment(16, 8, true)}},
      {"a longer chain before the hole",
       {fragment(40, 8, false), fragment(32, 8, true), fragment(24, 8, true), fragment(24, 8, true),
        fragment(0, 8, true), fragment(8, 8, true)}},
      {"an overlap (teardrop)", {fragment(0, 32, true), fragment(24, 16, false)}},
      {"one within another", {fragment(0, 64, true), fragment(8, 8, true), fragment(64, 8, false)}},
      {"an overlap that adds up",
       {fragment(0, 16, true), fragment(8, 8, true), fragment(24, 8, false)}},
      {"two that are last", {fragment(8, 8, false), fragment(16, 8, false), fragment(0, 8, true)}},
      {"two that are first", {fragment(0, 8, true), fragment(0, 16, true), fragment(16, 8, false)}},
      {"beyond what its last one said",
       {fragment(8, 8, false), fragment(64, 64, true), fragment(0, 8, true)}},
      {"no data at all", {fragment(0, 0, true), fragment(8, 0, false), fragment(0, 8, true)}},
      {"data that is no multiple of 8", {fragment(0, 13, true), fragment(8, 8, false)}},
      {"more of them than one datagram may have",
       {fragment(0, 8, true), fragment(8, 8, true), fragment(16, 8, true), fragment(24, 8, true),
        fragment(32, 8, true), fragment(40, 8, true), fragment(48, 8, true), fragment(56, 8, true),
        fragment(64, 8, false)}},
  };
}

TEST(HostileFragments, R24_R44_OddSetsGiveNothingAndLoseNothing) {
  for (const Oddity& odd : oddities()) {
    SCOPED_TRACE(odd.what);
    TestRouter router(kJoins);
    for (const Bytes& frame : odd.fragments) EXPECT_TRUE(router.feed(kLan, {frame}).empty());
    give_up(router);
    EXPECT_EQ(router.drops(DropReason::fragment), odd.fragments.size());
    expect_next_passes(router);
  }
}

TEST(HostileFragments, R24_TinyOnesAreJoinedBeforeAnythingIsJudged) {
  TestRouter router(kJoins);
  FrameSpec s = datagram(24);
  s.proto = IpProto::tcp;  // its flags lie in the second fragment (RFC 3128)
  const auto out = router.feed(kLan, cut_every(build_frame(s), 8));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(whole(out[0].frame));
  EXPECT_EQ(router.counters().merged.get(), 5u);
  s.tcp_flags = tcp::rst;
  s.src_port = 2;
  router.feed(kLan, cut_every(build_frame(s), 8));
  EXPECT_EQ(router.drops(DropReason::invalid_state), 1u);
}

TEST(HostileFragments, R24_PaddingOfShortFramesIsNoData) {
  TestRouter router(kJoins);
  auto pieces = cut_every(build_frame(datagram(16)), 8);
  ASSERT_EQ(pieces.size(), 3u);
  for (Bytes& frame : pieces) frame.resize(60, 0xee);
  const auto out = router.feed(kLan, pieces);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(whole(out[0].frame));
  EXPECT_EQ(out[0].frame.size(), build_frame(datagram(16)).size());
}

TEST(HostileFragments, R24_OptionsStayWithTheDatagram) {
  TestRouter router(kJoins);
  FrameSpec s = datagram(1000);
  s.ip_options = {148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0};  // router alert is copied, a route not
  auto pieces = cut_every(build_frame(s), 256);
  ASSERT_EQ(pieces[1].size(), 14 + 24 + 256u);
  std::swap(pieces[0], pieces[3]);
  const auto out = router.feed(kLan, pieces);
  ASSERT_EQ(out.size(), 1u);
  s.src = kIsp1Address;
  s.src_mac = kRouterMac;
  s.dst_mac = mac_of(kIsp1Gateway);
  --s.ttl;
  EXPECT_EQ(out[0].frame, build_frame(s));
}

TEST(HostileFragments, R24_ASourceRouteInOneOfThemIsDropped) {
  TestRouter router(kJoins);
  FrameSpec s = datagram(1000);
  s.ip_options = {131, 3, 4, 0};
  router.feed(kLan, cut_every(build_frame(s), 512));
  EXPECT_EQ(router.drops(DropReason::ip_option), 2u);
}

TEST(HostileFragments, R25_AFragmentInSeveralBuffersIsACountedDrop) {
  TestRouter router(kJoins);
  const auto pieces = cut_every(build_frame(datagram(1000)), 512);
  EXPECT_EQ(router.scattered(kLan, pieces[0], 300).dropped, DropReason::fragment);
}

/// Headers are joined in the first buffer, which does not hold the rest of so long a datagram.
TEST(HostileFragments, R25_ATinyFirstOneOfALongDatagramIsACountedDrop) {
  TestRouter router(kJoins);
  EXPECT_TRUE(router.feed(kLan, cut_at(build_frame(datagram(3000)), {8, 1488})).empty());
  EXPECT_EQ(router.drops(DropReason::headers_split), 1u);
}

TEST(HostileFragments, R24_R40_AFloodStaysBounded) {
  TestRouter router({.with_fragments = true, .buffers = 2047});
  std::uint64_t fed = 0;
  for (std::uint32_t host = 0; host < 5000; ++host) {
    FrameSpec s = datagram(1000, static_cast<std::uint16_t>(host));
    s.dst = Ipv4Addr::from_host(0x08000000u + host);
    router.feed(kLan, {cut_every(build_frame(s), 512).front()});
    ++fed;
    ASSERT_LE(router.pipeline().held(), Fragments::kDatagrams);
  }
  EXPECT_GT(router.pipeline().held(), Fragments::kDatagrams / 2);
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.from_lan().port, kWan1) << "others do not suffer";
  give_up(router);
  EXPECT_EQ(router.drops(DropReason::fragment), fed);
  expect_next_passes(router);
}

/// As many pieces of each as there may be, but the last.
TEST(HostileFragments, R24_R40_AFloodOfManyPiecesStaysBoundedToo) {
  TestRouter router({.with_fragments = true, .buffers = 10000});
  for (std::uint32_t host = 0; host < 1500; ++host) {
    FrameSpec s = datagram(1000, static_cast<std::uint16_t>(host));
    s.dst = Ipv4Addr::from_host(0x08000000u + host);
    auto pieces = cut_every(build_frame(s), 128);
    pieces.pop_back();
    router.feed(kLan, pieces);
    ASSERT_LE(router.pipeline().held(), Fragments::kDatagrams * 8);
  }
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.from_lan().port, kWan1);
  give_up(router);
  expect_next_passes(router);
}

/// A last fragment that reaches beyond 65,535 bytes: the length field cannot say it.
TEST(HostileFragments, R24_R44_NoDatagramGrowsBeyondItsLengthField) {
  TestRouter router({.with_fragments = true, .mtu = {9000, 1500, 576}, .buffer_bytes = 9728});
  router.word.active = kIsp2;
  std::vector<Bytes> pieces;
  for (std::size_t i = 0; i < 7; ++i) pieces.push_back(fragment(i * 9352, 9352, true));
  pieces.push_back(fragment(std::size_t{7} * 9352, 8000, false));
  EXPECT_TRUE(router.feed(kLan, pieces).empty());
  give_up(router);
  EXPECT_EQ(router.drops(DropReason::fragment), pieces.size());
}

TEST(HostileFragments, R24_TheLongestDatagramStillPasses) {
  TestRouter router({.with_fragments = true, .mtu = {9000, 9000, 9000}, .buffer_bytes = 9728});
  const FrameSpec longest = datagram(65535 - 28);
  const auto out = router.feed(kLan, cut_every(build_frame(longest), 8960));
  std::vector<Bytes> frames;
  for (const Sent& sent : out) frames.push_back(sent.frame);
  EXPECT_TRUE(whole(put_together(frames)));
}

/// The router keeps ports apart by what it mixes into the source address: one chosen against that
/// must not carry the payload of one uplink into a datagram of another.
TEST(HostileFragments, R23_AChosenSourceMixesNoUplinks) {
  TestRouter router(kJoins);
  router.from_lan();
  FrameSpec reply = datagram(900);
  reply.src = kServer;
  reply.dst = kIsp1Address;
  std::swap(reply.src_port, reply.dst_port);
  const Bytes first = cut_every(build_frame(reply), 456)[0];
  constexpr std::uint32_t kMix = 0x9e3779b1;
  reply.src.be ^= (17u << 8 | 1) * kMix ^ (17u << 8 | 2) * kMix;
  const Bytes forged = cut_every(build_frame(reply), 456)[1];
  EXPECT_TRUE(router.feed(kWan2, {forged}).empty());
  EXPECT_TRUE(router.feed(kWan1, {first}).empty());
  give_up(router);
  EXPECT_EQ(router.drops(DropReason::fragment), 2u);
}

}  // namespace
}  // namespace spillway::test
