// Several workers do what one does, packet by packet: whatever the cards do, both directions of
// every connection find the worker that keeps it.

#include <gtest/gtest.h>

#include <tuple>

#include "tests/support/talking_rooms.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;

class SeveralWorkers : public testing::TestWithParam<std::tuple<unsigned, Card>> {
 protected:
  unsigned workers() const { return std::get<0>(GetParam()); }
  Card card() const { return std::get<1>(GetParam()); }

  void compare(std::vector<Talk> talks, unsigned rounds) {
    Chance chance(std::move(talks));
    for (unsigned round = 0; round < rounds; ++round) {
      // Within a round nobody can say whether an answer overtakes a question: one of them.
      std::map<std::uint32_t, Action> acting;
      for (unsigned i = chance.below(30); i > 0; --i) {
        const Choice choice = chance.next();
        if (acting.try_emplace(choice.number, choice.action).first->second != choice.action)
          continue;
        ASSERT_EQ(act(one, choice), act(several, choice)) << "round " << round;
      }
      one.cluster.settle();
      several.cluster.settle();
      const auto expected = one.listen();
      heard_ += expected.size();
      ASSERT_EQ(several.listen(), expected) << "round " << round;
      const auto pause = chance.below(50) == 0 ? 11s : std::chrono::milliseconds(40);
      one.cluster.now += pause;
      several.cluster.now += pause;
    }
    for (std::size_t i = 0; i < kDropReasons; ++i)
      EXPECT_EQ(several.cluster.drops(static_cast<DropReason>(i)),
                one.cluster.drops(static_cast<DropReason>(i)))
          << kDropReasonTexts[i].name;
    EXPECT_EQ(several.cluster.connections(), one.cluster.connections());
  }

  Room one{1, Card::sorts};
  Room several{workers(), card()};
  std::size_t heard_ = 0;
};

TEST_P(SeveralWorkers, R38_R43_DoWhatOneDoesPacketByPacket) {
  compare(all_talks(), 300);
  EXPECT_GT(heard_, 1000u);
}

/// A card that knows our keys leaves nothing to hand over, and work for everybody.
TEST(CardsThatSort, BringEachWorkerItsOwnPackets) {
  for (const unsigned workers : {2u, 3u, 4u, 7u}) {
    Room room(workers, Card::sorts);
    Chance chance({Talk::lan_to_wan, Talk::lan_to_router, Talk::wan_to_router, Talk::router_to_wan},
                  true);
    for (unsigned i = 0; i < 2000; ++i) {
      act(room, chance.next());
      room.cluster.settle();
      room.listen();
    }
    EXPECT_EQ(room.cluster.sum(&WorkerCounters::given), 0u) << workers;
    for (unsigned i = 0; i < workers; ++i)
      EXPECT_GT(room.cluster.worker(i).counters().connections.get(), 20u) << i << " of " << workers;
  }
}

/// A host's connections are spread over all workers; its limit is one.
TEST(SeveralWorkersTogether, R06_TheLimitOfAHostHoldsOverAll) {
  ConfigSnapshot config = talk_config();
  config.per_lan_host = 30;
  TestCluster cluster({.config = std::move(config), .workers = 4});
  for (const auto& [port, address] : talk_neighbours()) cluster.learn(port, address);
  for (std::uint16_t port = 1; port <= 100; ++port) {
    FrameSpec s;
    s.src_port = port;
    cluster.receive(kLan, build_frame(s));
    cluster.settle();
  }
  EXPECT_EQ(cluster.connections(), 30u);
  EXPECT_EQ(cluster.drops(DropReason::host_limit), 70u);
  cluster.now += 11s;
  cluster.settle();
  EXPECT_EQ(cluster.connections(), 0u);
  cluster.receive(kLan, build_frame({}));
  cluster.settle();
  EXPECT_EQ(cluster.connections(), 1u);
}

/// An uplink has room for 40 connections: all workers together place no more.
TEST(SeveralWorkersTogether, R32_TheRoomOfAnUplinkIsForAllOfThem) {
  ConfigSnapshot config = talk_config();
  config.plan.mode = BalanceMode::bandwidth;
  config.plan.order = config.plan.by_distance;
  TestCluster cluster({.config = std::move(config), .workers = 4});
  for (const auto& [port, address] : talk_neighbours()) cluster.learn(port, address);
  cluster.active.set_headroom(kIsp1, 40);
  ActiveWord word = cluster.active.load();
  ++word.generation;
  cluster.active.publish(word);
  for (std::uint16_t port = 1; port <= 200; ++port) {
    FrameSpec s;
    s.src_port = port;
    cluster.receive(kLan, build_frame(s));
    cluster.settle();
  }
  std::uint64_t placed[2] = {};
  for (unsigned i = 0; i < cluster.workers(); ++i)
    for (std::size_t uplink = 0; uplink < 2; ++uplink)
      placed[uplink] += cluster.worker(i).counters().placed[uplink].get();
  EXPECT_EQ(placed[0], 40u);
  EXPECT_EQ(placed[1], 160u);
}

/// What finds no room between workers is counted, and nothing is lost for ever.
TEST(Handoff, R45_AFullRingIsCountedAndRecoversFully) {
  TestCluster cluster(
      {.config = talk_config(), .workers = 2, .card = Card::one_queue, .handoff_room = 16});
  for (const auto& [port, address] : talk_neighbours()) cluster.learn(port, address);
  const auto flood = [&] {
    for (std::uint16_t port = 1; port <= 200; ++port) {
      FrameSpec s;
      s.src_port = port;
      cluster.receive(kLan, build_frame(s));
    }
  };
  flood();
  for (unsigned i = 0; i < 5; ++i) cluster.poll(0);  // the other worker stands still
  EXPECT_GT(cluster.drops(DropReason::handoff_full), 50u);
  EXPECT_TRUE(cluster.balanced()) << "R42";
  cluster.settle();
  cluster.sent();
  const std::uint64_t dropped = cluster.drops(DropReason::handoff_full);
  for (std::uint16_t port = 1000; port < 1010; ++port) {
    FrameSpec s;
    s.src_port = port;
    cluster.receive(kLan, build_frame(s));
  }
  cluster.settle();
  EXPECT_EQ(cluster.sent().size(), 10u);
  EXPECT_EQ(cluster.drops(DropReason::handoff_full), dropped);
}

std::string name_of_case(const testing::TestParamInfo<SeveralWorkers::ParamType>& case_info) {
  constexpr const char* cards[] = {"sorts", "spreads", "one_queue"};
  const auto& [workers, card] = case_info.param;
  return std::to_string(workers) + "_" + cards[static_cast<std::size_t>(card)];
}

INSTANTIATE_TEST_SUITE_P(Cards, SeveralWorkers,
                         testing::Combine(testing::Values(1u, 2u, 3u, 4u, 7u),
                                          testing::Values(Card::sorts, Card::spreads,
                                                          Card::one_queue)),
                         name_of_case);

}  // namespace
}  // namespace spillway::test
