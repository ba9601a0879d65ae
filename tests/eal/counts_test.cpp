// What is counted beside the sums: by the port that a packet came in by, by stage.

#include <gtest/gtest.h>

#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

struct Counts : testing::Test {
  std::uint64_t dropped(PortIndex port, DropReason reason) {
    return router.counters().port_drops[index_of(port)][index_of(reason)].get();
  }
  TestRouter router;
};

TEST_F(Counts, DropsByThePortThatThePacketCameInBy) {
  FrameSpec expired;
  expired.ttl = 1;
  router.packet(kLan, build_frame(expired));
  FrameSpec stray;
  stray.src = kServer;
  stray.dst = kIsp2Address;
  router.packet(kWan2, build_frame(stray));
  router.packet(kWan2, build_frame(stray));
  EXPECT_EQ(dropped(kLan, DropReason::ttl_expired), 1u) << "though its sender was told";
  EXPECT_EQ(dropped(kWan2, DropReason::unsolicited), 2u);
  EXPECT_EQ(dropped(kLan, DropReason::unsolicited), 0u);
}

TEST_F(Counts, OneBurstInManyIsLookedAtClosely) {
  const std::vector<std::vector<std::uint8_t>> burst(3, build_frame({}));
  router.burst(kLan, burst);
  const WorkerCounters& counters = router.counters();
  EXPECT_EQ(counters.staged_packets.get(), 3u) << "the first";
  for (std::uint32_t i = 1; i < Pipeline::kStagedOneIn; ++i) router.burst(kLan, burst);
  EXPECT_EQ(counters.staged_packets.get(), 3u);
  router.burst(kLan, burst);
  EXPECT_EQ(counters.staged_packets.get(), 6u);
  for (const Counter& stage : counters.stage_clocks) EXPECT_GT(stage.get(), 0u);
}

}  // namespace
}  // namespace spillway::test
