// What workers copy for a capture: every frame that comes in or goes out, or it is counted as lost.

#include <gtest/gtest.h>

#include <map>

#include "control/capture/capture_store.h"
#include "dataplane/net/headers.h"
#include "tests/support/talking_rooms.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kAllPorts = 7;

std::shared_ptr<CaptureStore> store_for(const CaptureWish& wish, unsigned workers = 1) {
  return std::make_shared<CaptureStore>(wish, workers);
}

TestWorker::Options captured(const std::shared_ptr<CaptureStore>& store) {
  TestWorker::Options options{.config = seed_config()};
  options.config.capture = {store, &store->order()};
  return options;
}

struct Seen {
  PortIndex port;
  bool sent;
  std::uint32_t length;
  Bytes bytes;
};

/// All that workers have caught, given back.
std::vector<Seen> taken(CaptureStore& store) {
  std::vector<Seen> all;
  for (std::size_t w = 0; w < store.workers(); ++w)
    while (CapturedFrame* frame = store.take(w)) {
      all.push_back({frame->port, frame->sent, frame->length,
                     Bytes(frame->bytes(), frame->bytes() + frame->kept)});
      store.give_back(w, frame);
    }
  return all;
}

TEST(CaptureTap, FramesAreCopiedAsTheyComeAndGo) {
  const auto store = store_for({.ports = kAllPorts, .filter = "", .most = 1514});
  TestWorker router(captured(store));
  router.add_usual_ports();
  const Bytes in = build_frame({});
  router.receive(router.device(0), in);
  router.poll();
  const auto out = router.sent(router.device(1));
  const auto seen = taken(*store);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].port, kLan);
  EXPECT_FALSE(seen[0].sent);
  EXPECT_EQ(seen[0].bytes, in) << "before it was translated";
  EXPECT_EQ(seen[1].port, kWan1);
  EXPECT_TRUE(seen[1].sent);
  EXPECT_EQ(seen[1].bytes, out.at(0));
}

TEST(CaptureTap, PortsFilterAndLengthAreHeeded) {
  const auto store = store_for({.ports = 1, .filter = "udp dst port 53", .most = 40});
  TestWorker router(captured(store));
  router.add_usual_ports();
  FrameSpec web;
  web.dst_port = 443;
  router.receive(router.device(0), build_frame(web));
  FrameSpec dns;
  dns.payload.assign(300, 1);
  const Bytes frame = build_frame(dns);
  router.receive(router.device(0), frame, 100);  // in several buffers
  router.poll();
  const auto seen = taken(*store);
  ASSERT_EQ(seen.size(), 1u) << "the LAN's, and only DNS";
  EXPECT_EQ(seen[0].length, frame.size());
  EXPECT_EQ(seen[0].bytes, Bytes(frame.begin(), frame.begin() + 40));
}

TEST(CaptureTap, R25_TagsAreLeftOutInBothDirections) {
  const auto store =
      store_for({.ports = kAllPorts, .filter = "udp and host 8.8.8.8", .most = 1514});
  TestWorker router(captured(store));
  RingDevice& trunk = router.add_device();
  router.add_port(trunk, kLan, Zone::lan);
  router.add_port(trunk, kWan1, zone_of(kIsp1), {.vlan = 20});
  router.learn(kLan, kHost);
  router.learn(kWan1, kIsp1Gateway);
  router.receive(trunk, build_frame({}));
  router.poll();
  Bytes out = router.sent(trunk).at(0);
  ASSERT_EQ(out[12], 0x81) << "it left with a tag";
  out.erase(out.begin() + 12, out.begin() + 16);
  const auto seen = taken(*store);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[1].bytes, out);
  EXPECT_EQ(seen[1].length, out.size());
}

TEST(CaptureTap, R45_WhatTheDriverDoesNotTakeWasNotSent) {
  const auto store = store_for({.ports = kAllPorts, .filter = "", .most = 100});
  TestWorker router(captured(store));
  router.add_port(router.add_device(), kLan, Zone::lan);
  router.add_port(router.add_device(8), kWan1, zone_of(kIsp1));  // 7 frames, until they are taken
  router.learn(kLan, kHost);
  router.learn(kWan1, kIsp1Gateway);
  for (int round = 0; round < 100; ++round) {
    for (std::uint16_t i = 0; i < 20; ++i) {
      FrameSpec s;
      s.src_port = static_cast<std::uint16_t>(1000 + i);
      router.receive(router.device(0), build_frame(s));
    }
    router.poll();
    EXPECT_EQ(router.sent(router.device(1)).size(), 7u);
    const auto seen = taken(*store);
    const auto sent = std::count_if(seen.begin(), seen.end(), [](const Seen& s) { return s.sent; });
    EXPECT_EQ(sent, 7);
    EXPECT_EQ(seen.size(), 27u);
  }
  EXPECT_EQ(store->lost(), 0u) << "no frame's memory was lost on the way";
}

TEST(CaptureTap, R45_WithoutRoomFramesAreCountedAndForwardedAllTheSame) {
  const auto store = store_for({.ports = 1, .filter = "", .most = 64});
  TestWorker router(captured(store));
  router.add_usual_ports();
  constexpr unsigned many = CaptureStore::kFrames + 100;
  unsigned out = 0;
  for (unsigned i = 0; i < many; ++i) {
    router.receive(router.device(0), build_frame({}));
    if (i % 32 == 31 || i + 1 == many) {
      router.poll();
      out += static_cast<unsigned>(router.sent(router.device(1)).size());
    }
  }
  EXPECT_EQ(out, many);
  EXPECT_EQ(store->lost(), 100u);
  EXPECT_EQ(taken(*store).size(), CaptureStore::kFrames);
}

/// Together they see each frame once, whoever received it, keeps it, and sends it.
TEST(CaptureTap, R42_SeveralWorkersSeeEveryFrameOnce) {
  for (const Card card : {Card::sorts, Card::spreads, Card::one_queue}) {
    const auto store = store_for({.ports = ~std::uint64_t{0}, .filter = "", .most = 64}, 3);
    ConfigSnapshot config = talk_config();
    config.capture = {store, &store->order()};
    TestCluster cluster({.config = std::move(config), .workers = 3, .card = card});
    for (const auto& [port, address] : talk_neighbours()) cluster.learn(port, address);
    std::map<std::pair<PortIndex, bool>, std::uint64_t> seen;
    for (std::uint16_t i = 0; i < 200; ++i) {
      FrameSpec s;
      s.src_port = static_cast<std::uint16_t>(2000 + i);
      cluster.receive(kLan, build_frame(s));
      if (i % 16 != 15) continue;
      cluster.settle();
      cluster.sent();
      for (const Seen& one : taken(*store)) ++seen[{one.port, one.sent}];
    }
    cluster.settle();
    cluster.sent();
    for (const Seen& one : taken(*store)) ++seen[{one.port, one.sent}];
    EXPECT_EQ(store->lost(), 0u);
    for (std::size_t p = 0; p < kMaxPorts; ++p) {
      std::uint64_t received = 0;
      std::uint64_t sent = 0;
      for (unsigned w = 0; w < 3; ++w) {
        received += cluster.worker(w).counters().ports[p].rx_packets.get();
        sent += cluster.worker(w).counters().ports[p].tx_packets.get();
      }
      EXPECT_EQ((seen[{port_index(p), false}]), received) << p;
      EXPECT_EQ((seen[{port_index(p), true}]), sent) << p;
    }
    EXPECT_EQ((seen[{kLan, false}]), 200u);
  }
}

}  // namespace
}  // namespace spillway::test
