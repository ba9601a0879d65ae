// Several workers on threads of their own do what one does: what the thread sanitizer looks at.

#include <gtest/gtest.h>
#include <rte_lcore.h>

#include <list>
#include <thread>

#include "control/router/worker_thread.h"
#include "tests/support/talking_rooms.h"

namespace spillway::test {
namespace {

/// The workers of a room, each on its thread until this ends.
class Threads {
 public:
  explicit Threads(TestCluster& cluster) : cluster_(cluster) {
    unsigned lcore = rte_get_next_lcore(rte_lcore_id(), 1, 0);
    for (unsigned i = 0; i < cluster.workers(); ++i) {
      threads_.emplace_back(cluster.worker(i), clock_).start(lcore);
      lcore = rte_get_next_lcore(lcore, 1, 0);
    }
  }
  ~Threads() {
    for (WorkerThread& thread : threads_) thread.stop();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  /// Until all that was put in has come out, or has been dropped.
  void settle() {
    while (!cluster_.is_idle()) std::this_thread::yield();
    // What the last iteration did is seen once it is over.
    for (WorkerThread& thread : threads_) {
      const std::uint64_t seen = thread.iterations();
      while (thread.iterations() == seen) std::this_thread::yield();
    }
  }

 private:
  TestCluster& cluster_;
  TscClock clock_;
  std::list<WorkerThread> threads_;
};

class WorkersOnThreads : public testing::TestWithParam<std::tuple<unsigned, Card>> {};

TEST_P(WorkersOnThreads, R38_R43_DoWhatOneDoes) {
  const auto [workers, card] = GetParam();
  Room one(1, Card::sorts);
  Room several(workers, card);
  Chance chance(all_talks(), true);
  Threads threads(several.cluster);
  std::size_t heard = 0;
  for (unsigned round = 0; round < 40; ++round) {
    std::map<std::uint32_t, Action> acting;
    for (unsigned i = 0; i < 30; ++i) {
      const Choice choice = chance.next();
      if (acting.try_emplace(choice.number, choice.action).first->second != choice.action) continue;
      ASSERT_EQ(act(one, choice), act(several, choice)) << "round " << round;
    }
    one.cluster.settle();
    threads.settle();
    const auto expected = one.listen();
    ASSERT_EQ(several.listen(), expected) << "round " << round;
    heard += expected.size();
  }
  EXPECT_GT(heard, 400u);
}

std::string name_of_case(const testing::TestParamInfo<WorkersOnThreads::ParamType>& case_info) {
  constexpr const char* cards[] = {"sorts", "spreads", "one_queue"};
  const auto& [workers, card] = case_info.param;
  return std::to_string(workers) + "_" + cards[static_cast<std::size_t>(card)];
}

INSTANTIATE_TEST_SUITE_P(Cards, WorkersOnThreads,
                         testing::Combine(testing::Values(2u, 3u, 7u),
                                          testing::Values(Card::sorts, Card::spreads,
                                                          Card::one_queue)),
                         name_of_case);

}  // namespace
}  // namespace spillway::test
