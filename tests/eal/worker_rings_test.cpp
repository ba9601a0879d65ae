// The worker and the control core: rings in, rings out, every counter balanced (R42).

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include "dataplane/net/headers.h"
#include "tests/support/fragments.h"
#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Kind = NeighbourNote::Kind;

constexpr Ipv4Addr kNear = Ipv4Addr::of(1, 1, 1, 77);

TestWorker::Options open_router() {
  TestWorker::Options options{.config = seed_config(), .with_fragments = true};
  options.config.local = LocalServices({{UplinkId::none, IpProto::tcp, 22, 22}});
  options.config.local.deliver = true;
  return options;
}

struct Rings : testing::Test {
  explicit Rings(std::uint16_t wan_mtu = 1500, bool sends_segments = true) {
    router.add_port(lan, kLan, Zone::lan);
    router.add_port(wan1, kWan1, zone_of(kIsp1), {.sends_segments = sends_segments}, wan_mtu);
    router.add_port(wan2, kWan2, zone_of(kIsp2));
    router.learn(kLan, kHost);
    router.learn(kWan1, kIsp1Gateway);
    router.learn(kWan2, kIsp2Gateway);
  }
  std::vector<NeighbourNote> wanted() const {
    std::vector<NeighbourNote> notes;
    NeighbourNote note;
    while (rte_ring_dequeue_elem(router.rings().wanted, &note, sizeof note) == 0)
      notes.push_back(note);
    return notes;
  }

  TestWorker router{open_router()};
  RingDevice& lan = router.add_device();
  RingDevice& wan1 = router.add_device();
  RingDevice& wan2 = router.add_device();
};

TEST_F(Rings, R42_FramesOfTheControlCoreLeaveAsTheyAre) {
  Bytes arp(60, 0x11);
  router.hand_over(router.rings().transmit, arp, kWan2);
  router.hand_over(router.rings().transmit, build_frame({}), kLan);
  EXPECT_EQ(router.poll(), 0u) << "nothing was received";
  EXPECT_EQ(router.sent(wan2), std::vector<Bytes>{arp});
  EXPECT_EQ(router.sent(lan), std::vector<Bytes>{build_frame({})});
  EXPECT_EQ(router.worker().counters().relayed.get(), 2u);
  EXPECT_EQ(router.port(kWan2).tx_bytes.get(), 60u);
}

TEST_F(Rings, R38_LinuxAnswersByItsRing) {
  FrameSpec syn;
  syn.proto = IpProto::tcp;
  syn.src = kServer;
  syn.dst = kIsp2Address;
  syn.dst_port = 22;
  router.receive(wan2, build_frame(syn));
  EXPECT_EQ(router.poll(), 1u);
  EXPECT_EQ(router.punted().size(), 1u);
  std::swap(syn.src, syn.dst);
  std::swap(syn.src_port, syn.dst_port);
  syn.tcp_flags = tcp::syn | tcp::ack_flag;
  router.hand_over(router.rings().from_kernel, build_frame(syn));
  EXPECT_EQ(router.poll(), 1u) << "it counts as received";
  EXPECT_EQ(router.sent(wan2).size(), 1u);
  EXPECT_EQ(router.port(PortIndex::kernel).rx_packets.get(), 1u);
  EXPECT_EQ(router.worker().counters().punted.get(), 1u);
}

TEST_F(Rings, PuntedFramesSayWhereTheyCameInBy) {
  Bytes arp = build_frame({});
  arp[13] = 0x06;
  router.receive(wan2, arp);
  router.poll();
  void* packet = nullptr;
  ASSERT_EQ(rte_ring_dequeue(router.rings().arp, &packet), 0);
  EXPECT_EQ(static_cast<rte_mbuf*>(packet)->port, index_of(kWan2));
  rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
  EXPECT_TRUE(router.punted().empty()) << "in its own ring, and once";
}

TEST_F(Rings, R41_NoPortFloodsTheControlCoreWithArp) {
  Bytes arp = build_frame({});
  arp[13] = 0x06;
  for (int i = 0; i < 5; ++i) {
    for (int n = 0; n < 60; ++n) router.receive(wan1, arp);
    router.poll();
  }
  router.receive(lan, arp);
  router.poll();
  EXPECT_EQ(router.drops(DropReason::arp_limit), 300u - kArpAtOnce);
  EXPECT_EQ(router.drops(DropReason::punt_ring_full), kArpAtOnce + 1 - 255u)
      << "a ring of 256 holds 255";
  EXPECT_EQ(router.punted().size(), 255u);
}

TEST_F(Rings, WhoIsUnknownIsAskedForAndAnswered) {
  FrameSpec s;
  s.dst = kNear;
  for (std::uint8_t n = 1; n <= 3; ++n) {
    s.payload = {n};
    router.receive(lan, build_frame(s));
  }
  router.poll();
  EXPECT_TRUE(router.sent(wan1).empty());
  EXPECT_EQ(router.worker().held(), 3u);
  EXPECT_EQ(router.worker().counters().held.get(), 3u) << "for everybody to see";
  ASSERT_EQ(wanted().size(), 1u);
  router.tell(Kind::known, kWan1, kNear);
  s.payload = {4};
  router.receive(lan, build_frame(s));
  router.poll();
  const auto out = router.sent(wan1);
  ASSERT_EQ(out.size(), 4u) << "at the next poll, and before what comes in then";
  for (std::uint8_t n = 1; n <= 4; ++n) EXPECT_EQ(out[n - 1u].back(), n);
  EXPECT_EQ(router.worker().counters().held.get(), 0u);
}

TEST_F(Rings, WhoIsLostEndsWhatWaits) {
  FrameSpec s;
  s.dst = kNear;
  router.receive(lan, build_frame(s));
  router.poll();
  router.tell(Kind::lost, kWan1, kNear);
  router.poll();
  EXPECT_EQ(router.drops(DropReason::no_neighbour), 1u);
  EXPECT_EQ(router.worker().held(), 0u);
}

TEST_F(Rings, R42_DrainingEndsEverythingThatWaits) {
  FrameSpec s;
  s.dst = kNear;
  router.receive(lan, build_frame(s));
  FrameSpec half;
  half.payload.assign(600, 1);
  router.receive(lan, cut_every(build_frame(half), 304).front());
  router.poll();
  EXPECT_EQ(router.worker().held(), 2u);
  EXPECT_TRUE(router.balanced());
  router.worker().pipeline().drain();
  EXPECT_EQ(router.worker().held(), 0u);
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.drops(DropReason::no_neighbour), 1u);
  EXPECT_EQ(router.drops(DropReason::fragment), 1u);
}

/// What the control core has handed over is not left in the rings.
TEST_F(Rings, R42_FinishingSendsWhatIsInTheRingsAndEndsTheRest) {
  FrameSpec waiting;
  waiting.dst = kNear;
  router.receive(lan, build_frame(waiting));
  router.poll();
  FrameSpec own;
  own.src = kIsp1Address;
  for (std::uint16_t port = 1; port <= 100; ++port) {
    own.src_port = port;
    router.hand_over(router.rings().from_kernel, build_frame(own));
    router.hand_over(router.rings().transmit, build_frame({}), kLan);
  }
  router.worker().finish(router.now);
  EXPECT_EQ(router.sent(wan1).size(), 100u);
  EXPECT_EQ(router.sent(lan).size(), 100u);
  EXPECT_EQ(router.worker().held(), 0u);
  EXPECT_EQ(router.worker().counters().held.get(), 0u);
  EXPECT_TRUE(router.balanced());
}

TEST_F(Rings, R24_AnIdlePollGivesUpOnFragments) {
  FrameSpec half;
  half.payload.assign(600, 1);
  router.receive(lan, cut_every(build_frame(half), 304).front());
  router.poll();
  EXPECT_EQ(router.worker().counters().held.get(), 1u);
  router.now += std::chrono::seconds(6);
  router.poll();
  EXPECT_EQ(router.worker().counters().held.get(), 0u);
  EXPECT_EQ(router.drops(DropReason::fragment), 1u);
}

TEST_F(Rings, R42_EverythingAtOnceBalances) {
  FrameSpec expired;
  expired.ttl = 1;
  FrameSpec unknown;
  unknown.dst = kNear;
  FrameSpec own;
  own.src = kIsp1Address;
  own.src_port = 7;
  FrameSpec longer;
  longer.src_port = 8;
  longer.payload.assign(2000, 1);
  Bytes arp = build_frame({});
  arp[13] = 0x06;
  for (const Bytes& frame : cut_every(build_frame(longer), 1480)) router.receive(lan, frame);
  for (const FrameSpec& s : {FrameSpec{}, expired, unknown}) router.receive(lan, build_frame(s));
  router.receive(wan1, arp);
  router.hand_over(router.rings().from_kernel, build_frame(own));
  router.hand_over(router.rings().transmit, arp, kWan2);
  router.poll();
  const WorkerCounters& c = router.worker().counters();
  EXPECT_EQ(c.generated.get(), 1u) << "an error";
  EXPECT_EQ(c.relayed.get(), 1u) << "a frame of the control core";
  EXPECT_EQ(c.merged.get(), 1u);
  EXPECT_EQ(c.split.get(), 1u);
  EXPECT_EQ(c.punted.get(), 1u);
  EXPECT_EQ(router.worker().held(), 1u);
  EXPECT_TRUE(router.balanced());
  EXPECT_EQ(router.sent(wan1).size(), 4u);
  EXPECT_EQ(router.sent(lan).size(), 1u);
}

struct OneBuffer : Rings {
  OneBuffer() : Rings(1400, false) {}
};

/// The buffers of fragments' headers are too short for the rest.
TEST_F(OneBuffer, R24_R45_WhatTheDriverCannotSendIsACountedDrop) {
  FrameSpec s;
  s.payload.assign(1472, 9);
  router.receive(lan, build_frame(s));
  router.poll();
  EXPECT_EQ(router.drops(DropReason::unsendable), 1u);
  EXPECT_EQ(router.sent(wan1).size(), 1u) << "the short one of the two was joined";
  router.receive(lan, build_frame({}));
  router.poll();
  EXPECT_EQ(router.sent(wan1).size(), 1u);
}

TEST(OneBufferWithRoom, R24_EveryFragmentLeavesInOneBuffer) {
  TestWorker::Options options = open_router();
  options.header_bytes = 2176;
  TestWorker router(std::move(options));
  RingDevice& lan = router.add_device();
  RingDevice& wan = router.add_device();
  router.add_port(lan, kLan, Zone::lan);
  router.add_port(wan, kWan1, zone_of(kIsp1), {.vlan = 20, .sends_segments = false}, 1400);
  router.learn(kLan, kHost);
  router.learn(kWan1, kIsp1Gateway);
  FrameSpec s;
  s.payload.assign(1472, 9);
  router.receive(lan, build_frame(s));
  router.poll();
  unsigned sent = 0;
  while (rte_mbuf* packet = wan.next_sent()) {
    EXPECT_EQ(packet->nb_segs, 1);
    EXPECT_EQ(packet->pkt_len, packet->data_len);
    rte_pktmbuf_free(packet);
    ++sent;
  }
  EXPECT_EQ(sent, 2u);
  EXPECT_EQ(router.drops(DropReason::unsendable), 0u);
}

}  // namespace
}  // namespace spillway::test
