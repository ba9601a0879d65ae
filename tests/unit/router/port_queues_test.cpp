#include "control/router/port_queues.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace spillway {
namespace {

TEST(PortQueues, OneWorkerHasTheOneQueue) {
  const PortQueues q = PortQueues::plan(3, 1, 0);
  EXPECT_EQ(q.queues, 1u);
  EXPECT_TRUE(q.sorted) << "there is nothing to sort";
  EXPECT_EQ(q.queue_of(0, 1), 0u);
}

TEST(PortQueues, ACardThatSortsHasAQueueForEach) {
  const PortQueues q = PortQueues::plan(1, 4, 16);
  EXPECT_EQ(q.queues, 4u);
  EXPECT_TRUE(q.sorted);
  for (unsigned worker = 0; worker < 4; ++worker) {
    EXPECT_EQ(q.queue_of(worker, 4), worker);
    EXPECT_EQ(q.queue_for_owner(worker, 4), worker);
    EXPECT_EQ(q.sender_for(worker, 4), worker);
  }
}

TEST(PortQueues, OthersHaveOneQueueEachAtAnotherWorker) {
  std::set<unsigned> receivers;
  for (unsigned device = 0; device < 3; ++device) {
    const PortQueues q = PortQueues::plan(device, 3, 0);
    EXPECT_EQ(q.queues, 1u);
    EXPECT_FALSE(q.sorted);
    for (unsigned worker = 0; worker < 3; ++worker) {
      if (q.queue_of(worker, 3) == 0) receivers.insert(worker);
      EXPECT_EQ(q.queue_of(q.sender_for(worker, 3), 3), 0u);
    }
  }
  EXPECT_EQ(receivers.size(), 3u);
}

/// An 82576 in a virtual machine has two queues.
TEST(PortQueues, FewerQueuesThanWorkersAreShared) {
  const PortQueues q = PortQueues::plan(0, 5, 2);
  EXPECT_EQ(q.queues, 2u);
  EXPECT_FALSE(q.sorted);
  std::map<std::uint16_t, unsigned> owners;
  for (unsigned worker = 0; worker < 5; ++worker) {
    const std::uint16_t queue = q.queue_for_owner(worker, 5);
    ASSERT_LT(queue, 2u);
    ++owners[queue];
    const std::uint16_t own = q.queue_of(worker, 5);
    EXPECT_TRUE(own == kNoQueue || own == queue);
    EXPECT_NE(q.queue_of(q.sender_for(worker, 5), 5), kNoQueue);
  }
  EXPECT_EQ(owners.size(), 2u);
}

}  // namespace
}  // namespace spillway
