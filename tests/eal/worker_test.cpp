// The worker with its ports, and the drops that only it can cause.

#include <gtest/gtest.h>

#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

/// A LAN and one uplink whose transmit ring holds 15 frames.
struct WorkerTest : testing::Test {
  WorkerTest() {
    router.add_port(lan, kLan, Zone::lan);
    router.add_port(wan, kWan1, zone_of(kIsp1));
    router.learn(kLan, kHost);
    router.learn(kWan1, kIsp1Gateway);
  }

  void receive(unsigned n) {
    for (unsigned i = 0; i < n; ++i) {
      FrameSpec s;
      s.src_port = static_cast<std::uint16_t>(1000 + i);
      router.receive(lan, build_frame(s));
    }
  }

  TestWorker router;
  RingDevice& lan = router.add_device();
  RingDevice& wan = router.add_device(16);
};

TEST_F(WorkerTest, R45_AFullTransmitQueueIsCountedAndRecoversFully) {
  receive(40);
  EXPECT_EQ(router.poll(), 40u);
  EXPECT_EQ(router.port(kWan1).tx_packets.get(), 15u) << "a ring of 16 holds 15";
  EXPECT_EQ(router.drops(DropReason::tx_full), 25u);
  EXPECT_EQ(router.port(kLan).rx_packets.get(), 40u) << "R42";
  EXPECT_EQ(router.worker().held(), 0u);
  EXPECT_EQ(router.sent(wan).size(), 15u);
  receive(10);
  router.poll();
  EXPECT_EQ(router.sent(wan).size(), 10u);
  EXPECT_EQ(router.drops(DropReason::tx_full), 25u);
}

TEST_F(WorkerTest, BytesAreThoseOfFramesWithoutFcs) {
  receive(3);
  router.poll();
  EXPECT_EQ(router.port(kLan).rx_bytes.get(), 3 * build_frame({}).size());
  EXPECT_EQ(router.port(kWan1).tx_bytes.get(), 3 * build_frame({}).size());
}

TEST_F(WorkerTest, AnIdlePollStillEndsConnections) {
  receive(3);
  router.poll();
  EXPECT_EQ(router.worker().pipeline().connections().size(), 3u);
  EXPECT_EQ(router.worker().counters().connections.get(), 3u);
  router.now += std::chrono::seconds(11);
  router.poll();
  EXPECT_EQ(router.worker().pipeline().connections().size(), 0u);
  EXPECT_EQ(router.worker().counters().connections.get(), 0u);
  EXPECT_EQ(router.worker().counters().expired.get(), 3u);
}

}  // namespace
}  // namespace spillway::test
