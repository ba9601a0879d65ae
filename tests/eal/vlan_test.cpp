// Ports that share an ethdev: VLAN sub-interfaces beside the untagged port (R25).

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "dataplane/net/headers.h"
#include "dataplane/net/icmp_error.h"
#include "tests/support/fragments.h"
#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr PortIndex kGuests = port_index(3);
constexpr Ipv4Addr kGuestRouter = Ipv4Addr::of(192, 168, 33, 1);
constexpr Ipv4Addr kGuest = Ipv4Addr::of(192, 168, 33, 9);

/// Puts a tag in front of whatever follows the addresses.
Bytes tagged(Bytes frame, std::uint16_t control, std::uint16_t type = 0x8100) {
  const std::uint8_t tag[] = {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                              static_cast<std::uint8_t>(control >> 8),
                              static_cast<std::uint8_t>(control)};
  frame.insert(frame.begin() + kEtherTypeAt, std::begin(tag), std::end(tag));
  return frame;
}

/// The VLAN of a frame, 0 without a tag.
unsigned vlan_in(const Bytes& frame) {
  return frame[12] == 0x81 && frame[13] == 0 ? (frame[14] & 15u) << 8 | frame[15] : 0;
}

Bytes untagged(Bytes frame) {
  if (vlan_in(frame) != 0) frame.erase(frame.begin() + 12, frame.begin() + 16);
  return frame;
}

bool right(const Bytes& frame) {
  const Bytes plain = untagged(frame);
  return checksums_right(plain.data() + kEtherHeader, plain.size() - kEtherHeader);
}

TestWorker::Options with_guests() {
  TestWorker::Options options{.config = seed_config(), .with_fragments = true};
  const Ipv4Interface guests{kGuestRouter, 24};
  options.config.lans.push_back({guests, kGuests});
  options.config.lan_list.prefixes.push_back(guests.network());
  return options;
}

/// A router on a stick: the LAN untagged, guests, both uplinks by VLAN, all on one ethdev.
struct Vlan : testing::Test {
  Vlan() {
    router.add_port(trunk, kLan, Zone::lan);
    router.add_port(trunk, kGuests, Zone::lan, {.vlan = 10});
    router.add_port(trunk, kWan1, zone_of(kIsp1), {.vlan = 20}, 1400);
    router.add_port(trunk, kWan2, zone_of(kIsp2), {.vlan = 30});
    router.learn(kLan, kHost);
    router.learn(kGuests, kGuest);
    router.learn(kWan1, kIsp1Gateway);
    router.learn(kWan2, kIsp2Gateway);
  }
  std::vector<Bytes> pass(const std::vector<Bytes>& frames) {
    for (const Bytes& frame : frames) router.receive(trunk, frame);
    router.poll();
    EXPECT_TRUE(router.balanced()) << "R42";
    return router.sent(trunk);
  }
  static FrameSpec from_guest() {
    FrameSpec s;
    s.src = kGuest;
    return s;
  }
  static FrameSpec reply_to(std::uint16_t port, Ipv4Addr address = kIsp1Address) {
    FrameSpec s;
    s.src = kServer;
    s.dst = address;
    s.src_port = 53;
    s.dst_port = port;
    return s;
  }

  TestWorker router{with_guests()};
  RingDevice& trunk = router.add_device();
};

TEST_F(Vlan, R25_UntaggedInTaggedOutAndBack) {
  const auto out = pass({build_frame({})});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(vlan_in(out[0]), 20u);
  EXPECT_TRUE(right(out[0]));
  const auto back = pass({tagged(build_frame(reply_to(40000)), 20)});
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(vlan_in(back[0]), 0u);
  EXPECT_TRUE(right(back[0]));
  const MacAddr to = mac_of(kHost);
  EXPECT_TRUE(std::equal(to.bytes.begin(), to.bytes.end(), back[0].begin()));
}

TEST_F(Vlan, R25_TaggedInTaggedOutAndBack) {
  const auto out = pass({tagged(build_frame(from_guest()), 10)});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(vlan_in(out[0]), 20u);
  EXPECT_TRUE(right(out[0]));
  const auto back = pass({tagged(build_frame(reply_to(40000)), 20)});
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(vlan_in(back[0]), 10u);
}

TEST_F(Vlan, R38_TheUplinkIsTheVlanThatAFrameCameInBy) {
  pass({build_frame({})});
  EXPECT_TRUE(pass({tagged(build_frame(reply_to(40000)), 30)}).empty());
  EXPECT_EQ(router.drops(DropReason::not_translated), 1u);
  EXPECT_EQ(router.port(kWan2).rx_packets.get(), 1u);
}

TEST_F(Vlan, R22_AGuestIsNoGuestOnAnotherVlan) {
  EXPECT_TRUE(pass({tagged(build_frame(from_guest()), 20)}).empty());
  EXPECT_EQ(router.drops(DropReason::uplink_source_inside), 1u);
}

TEST_F(Vlan, R25_PriorityBitsChangeNothing) {
  const auto out = pass({tagged(build_frame(from_guest()), 0xf00a)});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(vlan_in(out[0]), 20u);
}

/// 802.1Q 6.8: VLAN 0 says nothing about the VLAN, only about the priority.
TEST_F(Vlan, R25_APriorityTagIsNoVlan) {
  const auto out = pass({tagged(build_frame({}), 0xa000)});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(vlan_in(out[0]), 20u);
  EXPECT_TRUE(right(out[0]));
  EXPECT_EQ(router.port(kLan).rx_bytes.get(), build_frame({}).size());
}

struct Stranger {
  const char* what;
  Bytes frame;
};

TEST_F(Vlan, R25_OtherTagsAreCountedDrops) {
  const Bytes plain = build_frame({});
  const Stranger rows[] = {
      {"an unknown VLAN", tagged(plain, 99)},
      {"the reserved one", tagged(plain, 4095)},
      {"a tag within a known one", tagged(tagged(plain, 5), 20)},
      {"a tag within a priority tag", tagged(tagged(plain, 20), 0)},
      {"a service tag", tagged(plain, 20, 0x88a8)},
  };
  std::uint64_t dropped = 0;
  for (const Stranger& row : rows) {
    EXPECT_TRUE(pass({row.frame}).empty()) << row.what;
    EXPECT_EQ(router.drops(DropReason::vlan_tagged), ++dropped) << row.what;
  }
}

TEST_F(Vlan, R44_AnyPrefixOfATaggedFrameIsHandled) {
  const Bytes frame = tagged(build_frame({}), 0xa000);
  for (std::size_t n = 1; n < frame.size(); ++n)
    EXPECT_TRUE(
        pass({Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n))}).empty());
  const Bytes guest = tagged(build_frame(from_guest()), 10);
  for (std::size_t n = 1; n < guest.size(); ++n)
    EXPECT_TRUE(
        pass({Bytes(guest.begin(), guest.begin() + static_cast<std::ptrdiff_t>(n))}).empty());
}

TEST_F(Vlan, R25_ATagAcrossBuffersChangesNothing) {
  FrameSpec s = from_guest();
  s.payload.assign(100, 1);
  const Bytes frame = tagged(build_frame(s), 10);
  const auto expected = pass({frame});
  ASSERT_EQ(expected.size(), 1u);
  for (std::size_t piece = 5; piece < frame.size(); ++piece) {
    router.receive(trunk, frame, piece);
    router.poll();
    EXPECT_EQ(router.sent(trunk), expected) << piece;
  }
}

TEST_F(Vlan, R20_ErrorsGoBackByTheVlan) {
  FrameSpec s = from_guest();
  s.ttl = 1;
  const auto out = pass({tagged(build_frame(s), 10)});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(vlan_in(out[0]), 10u);
  EXPECT_TRUE(right(out[0]));
  const Bytes plain = untagged(out[0]);
  EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(plain.data() + 14 + ipv4::src)}, kGuestRouter);
  EXPECT_EQ(plain[14 + 20], 11);
  EXPECT_EQ(plain.size(), 14 + kIcmpErrorHeaders + build_frame(s).size() - 14);
}

TEST_F(Vlan, R24_EveryFragmentIsTagged) {
  FrameSpec s;
  s.payload.assign(1472, 9);
  std::vector<Bytes> pieces = pass({build_frame(s)});
  EXPECT_EQ(pieces.size(), 2u);
  for (Bytes& piece : pieces) {
    EXPECT_EQ(vlan_in(piece), 20u);
    piece = untagged(piece);
    EXPECT_LE(piece.size(), 14 + 1400u);
  }
  EXPECT_TRUE(right(put_together(pieces)));
}

TEST_F(Vlan, R24_FragmentsOfOneVlanMeetNoneOfAnother) {
  pass({build_frame({})});
  FrameSpec s = reply_to(40000);
  s.payload.assign(600, 1);
  const auto pieces = cut_every(build_frame(s), 304);
  EXPECT_TRUE(pass({tagged(pieces[0], 30), tagged(pieces[1], 20)}).empty());
  EXPECT_EQ(router.worker().held(), 2u);
  EXPECT_EQ(pass({tagged(pieces[0], 20)}).size(), 1u);
}

TEST_F(Vlan, R42_EverySubInterfaceHasItsCountersWithoutTags) {
  pass({build_frame({}), tagged(build_frame(from_guest()), 10),
        tagged(build_frame(from_guest()), 10), tagged(build_frame({}), 99)});
  const std::size_t bytes = build_frame({}).size();
  EXPECT_EQ(router.port(kLan).rx_packets.get(), 2u) << "strangers count where the ethdev begins";
  EXPECT_EQ(router.port(kGuests).rx_packets.get(), 2u);
  EXPECT_EQ(router.port(kGuests).rx_bytes.get(), 2 * bytes);
  EXPECT_EQ(router.port(kWan1).tx_packets.get(), 3u);
  EXPECT_EQ(router.port(kWan1).tx_bytes.get(), 3 * bytes);
}

TEST_F(Vlan, OrderStaysWithinEachSubInterface) {
  std::vector<Bytes> frames;
  for (std::uint8_t n = 0; n < 40; ++n) {
    FrameSpec s = n % 2 == 0 ? FrameSpec{} : from_guest();
    s.payload = {n};
    frames.push_back(n % 2 == 0 ? build_frame(s) : tagged(build_frame(s), 10));
  }
  const auto out = pass(frames);
  ASSERT_EQ(out.size(), 40u);
  std::array<int, 2> last{-1, -1};
  for (const Bytes& frame : out) {
    int& before = last[frame.back() % 2u];
    EXPECT_LT(before, frame.back());
    before = frame.back();
  }
}

TEST_F(Vlan, R45_AFullTransmitQueueCountsNoTags) {
  RingDevice& narrow = router.add_device(8);
  const PortIndex more = port_index(4);
  router.add_port(narrow, more, Zone::lan, {.vlan = 40});
  for (int i = 0; i < 10; ++i) router.hand_over(router.rings().transmit, build_frame({}), more);
  router.poll();
  EXPECT_EQ(router.drops(DropReason::tx_full), 3u);
  EXPECT_EQ(router.port(more).tx_packets.get(), 7u);
  EXPECT_EQ(router.port(more).tx_bytes.get(), 7 * build_frame({}).size());
  for (const Bytes& frame : router.sent(narrow)) EXPECT_EQ(vlan_in(frame), 40u);
}

/// A trunk without an untagged port.
TEST(VlanOnly, R25_UntaggedFramesHaveNoPort) {
  TestWorker router;
  RingDevice& trunk = router.add_device();
  router.add_port(trunk, kLan, Zone::lan, {.vlan = 10});
  router.add_port(trunk, kWan1, zone_of(kIsp1), {.vlan = 20});
  router.learn(kLan, kHost);
  router.learn(kWan1, kIsp1Gateway);
  router.receive(trunk, build_frame({}));
  router.receive(trunk, tagged(build_frame({}), 0));
  router.receive(trunk, tagged(build_frame({}), 10));
  router.poll();
  EXPECT_EQ(router.sent(trunk).size(), 1u);
  EXPECT_EQ(router.drops(DropReason::vlan_tagged), 2u);
}

}  // namespace
}  // namespace spillway::test
