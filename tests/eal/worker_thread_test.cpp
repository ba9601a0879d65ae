// The worker's thread, and what each side of it does when the other stands still (R46).

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <atomic>
#include <thread>

#include "control/router/stall_watch.h"
#include "control/router/worker_thread.h"
#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;

/// A driver that does not return until it is let go.
struct Obstacle {
  std::atomic<bool> closed{false};
  std::atomic<bool> reached{false};

  static std::uint16_t wait(std::uint16_t, std::uint16_t, rte_mbuf**, std::uint16_t n,
                            std::uint16_t, void* self) {
    auto& obstacle = *static_cast<Obstacle*>(self);
    while (obstacle.closed.load()) obstacle.reached.store(true);
    return n;
  }
};

unsigned other_lcore() {
  return rte_get_next_lcore(rte_lcore_id(), 1, 0);
}

template <typename Condition>
void wait_until(Condition&& condition) {
  while (!condition()) std::this_thread::yield();
}

TEST(WorkerThread, R46_AWorkerThatStandsStillIsSeenToAndGoesOn) {
  TestWorker router;
  RingDevice& lan = router.add_device();
  router.add_port(lan, kLan, Zone::lan);
  Obstacle obstacle;
  const auto* callback = rte_eth_add_rx_callback(lan.id(), 0, Obstacle::wait, &obstacle);
  ASSERT_NE(callback, nullptr);
  const TscClock clock;
  WorkerThread thread(router.worker(), clock);
  StallWatch watch;
  const auto notices = [&](TimePoint now) {
    return watch.observe(now, std::vector{thread.iterations()});
  };
  thread.start(other_lcore());
  wait_until([&] { return thread.iterations() > 0; });

  obstacle.closed = true;
  wait_until([&] { return obstacle.reached.load(); });
  EXPECT_TRUE(notices(TimePoint(0ms)).empty());
  EXPECT_EQ(notices(TimePoint(StallWatch::kPatience)).size(), 1u);

  const std::uint64_t before = thread.iterations();
  obstacle.closed = false;
  wait_until([&] { return thread.iterations() > before; });
  const auto end = notices(TimePoint(100ms));
  ASSERT_EQ(end.size(), 1u);
  EXPECT_FALSE(end[0].stalled);
  thread.stop();
  rte_eth_remove_rx_callback(lan.id(), 0, callback);
}

TEST(WorkerThread, OnlyIterationsThatFindSomethingAreBusy) {
  TestWorker router;
  router.add_usual_ports();
  const TscClock clock;
  {
    WorkerThread idle(router.worker(), clock);
    idle.start(other_lcore());
    wait_until([&] { return idle.iterations() > 1000; });
    EXPECT_EQ(idle.busy().count(), 0);
  }
  router.receive(router.device(0), build_frame({}));
  WorkerThread working(router.worker(), clock);
  working.start(other_lcore());
  wait_until([&] { return working.busy().count() > 0; });
  EXPECT_LT(working.busy(), clock.now().time_since_epoch());
  working.stop();
}

TEST(WorkerThread, R46_AControlCoreThatStandsStillDoesNotStopForwarding) {
  TestWorker router;
  RingDevice& lan = router.add_device();
  RingDevice& wan = router.add_device();
  router.add_port(lan, kLan, Zone::lan);
  router.add_port(wan, kWan1, zone_of(kIsp1));
  router.learn(kLan, kHost);
  router.learn(kWan1, kIsp1Gateway);
  // Nobody reads what is punted: its ring fills up.
  constexpr unsigned flood = 600;
  for (unsigned i = 0; i < flood; ++i) {
    FrameSpec to_router;
    to_router.dst = Ipv4Addr::of(192, 168, 22, 1);
    to_router.src_port = static_cast<std::uint16_t>(i + 1);
    router.receive(lan, build_frame(to_router));
    if (i % 50 == 49) router.poll();
  }
  EXPECT_GT(router.drops(DropReason::punt_ring_full), 0u);
  router.receive(lan, build_frame({}));
  router.poll();
  EXPECT_EQ(router.sent(wan).size(), 1u);
}

}  // namespace
}  // namespace spillway::test
