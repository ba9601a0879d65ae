// Questions about connections: whoever asks gets all that fit, at his own pace, and nobody waits.

#include "control/router/survey.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/buffers.h"
#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

using Kind = ConnectionQuery::Kind;

struct SurveyTest : testing::Test {
  SurveyTest() {
    TestWorker::Options options{.config = seed_config(), .queries = links[0]->ends().queries};
    options.connections = 2048;
    router = std::make_unique<TestWorker>(std::move(options));
    router->add_port(router->add_device(1024), kLan, Zone::lan);
    router->add_port(router->add_device(1024), kWan1, zone_of(kIsp1));
    router->learn(kLan, kHost);
    router->learn(kWan1, kIsp1Gateway);
  }

  void open_connections(unsigned n, IpProto proto = IpProto::udp) {
    for (unsigned i = 0; i < n; ++i) {
      FrameSpec s;
      s.proto = proto;
      s.src_port = static_cast<std::uint16_t>(1000 + opened++);
      router->receive(router->device(0), build_frame(s));
      if (i % 64 == 63) poll();
    }
    poll();
  }
  void poll() {
    router->poll();
    router->sent(router->device(1));
  }

  /// All rows, taken `at_once` at a time.
  std::vector<ConnectionRow> all(Survey& survey, std::size_t at_once = 64) {
    std::vector<ConnectionRow> rows;
    std::vector<ConnectionRow> room(at_once);
    for (unsigned i = 0; i < 100000 && !survey.done(); ++i) {
      poll();
      const std::size_t n = survey.take(room);
      rows.insert(rows.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
    }
    EXPECT_TRUE(survey.done());
    return rows;
  }

  std::array<std::unique_ptr<WorkerLink>, 1> links{std::make_unique<WorkerLink>(77)};
  std::unique_ptr<TestWorker> router;
  SurveyDesk desk{links};
  unsigned opened = 0;
};

TEST_F(SurveyTest, ListsEveryConnectionOnce) {
  open_connections(1000);
  const auto survey = desk.open({});
  const auto rows = all(*survey);
  std::set<std::uint16_t> ports;
  for (const ConnectionRow& row : rows) ports.insert(row.original.src_port.host());
  EXPECT_EQ(rows.size(), 1000u);
  EXPECT_EQ(ports.size(), 1000u);
  EXPECT_EQ(survey->matched(), 1000u);
}

TEST_F(SurveyTest, RowsSayWhatConnectionsAre) {
  open_connections(1);
  router->now += std::chrono::seconds(3);
  const auto survey = desk.open({});
  const auto rows = all(*survey);
  ASSERT_EQ(rows.size(), 1u);
  const ConnectionRow& row = rows[0];
  EXPECT_EQ(row.original.src, kHost);
  EXPECT_EQ(row.reply.dst, kIsp1Address);
  EXPECT_EQ(row.uplink, kIsp1);
  EXPECT_EQ(row.mark, Mark::sticky);
  EXPECT_EQ(row.state, ConnState::udp);
  EXPECT_EQ(row.count[0].packets, 1u);
  EXPECT_EQ(row.age_ms, 3000u);
  EXPECT_EQ(row.idle_ms, 3000u);
  EXPECT_EQ(row.left_ms, 7000u);
}

TEST_F(SurveyTest, FilterAndCount) {
  open_connections(30, IpProto::tcp);
  open_connections(12, IpProto::udp);
  ConnectionQuery query;
  query.kind = Kind::count;
  query.filter.proto = static_cast<std::uint8_t>(IpProto::tcp);
  const auto survey = desk.open(query);
  EXPECT_TRUE(all(*survey).empty());
  EXPECT_EQ(survey->matched(), 30u);
}

TEST_F(SurveyTest, FindsOneByEitherKey) {
  open_connections(5);
  const auto listed = desk.open({});
  const ConnectionRow one = all(*listed).at(2);
  for (const FlowKey& key : {one.original, one.reply}) {
    ConnectionQuery query;
    query.kind = Kind::find;
    query.key = key;
    const auto survey = desk.open(query);
    const auto rows = all(*survey);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].original, one.original);
  }
  ConnectionQuery nobody;
  nobody.kind = Kind::find;
  nobody.key.src = kServer;
  const auto survey = desk.open(nobody);
  EXPECT_TRUE(all(*survey).empty());
  EXPECT_EQ(survey->matched(), 0u);
}

TEST_F(SurveyTest, ASlowAskerHoldsUpNobody) {
  open_connections(1000);
  const auto slow = desk.open({});
  for (unsigned i = 0; i < 1000; ++i) poll();
  const auto quick = desk.open({});
  EXPECT_EQ(all(*quick).size(), 1000u);
  EXPECT_EQ(all(*slow, 3).size(), 1000u) << "it waited";
}

TEST_F(SurveyTest, PlacesAreFewAndComeBack) {
  open_connections(500);
  std::vector<std::unique_ptr<Survey>> surveys;
  for (std::size_t i = 0; i < kAskers; ++i) surveys.push_back(desk.open({}));
  for (const auto& survey : surveys) ASSERT_NE(survey, nullptr);
  EXPECT_EQ(desk.open({}), nullptr);
  poll();
  surveys.pop_back();  // given up with rows under way
  poll();
  const auto next = desk.open({});
  ASSERT_NE(next, nullptr);
  EXPECT_EQ(all(*next).size(), 500u) << "none of the one before";
}

TEST_F(SurveyTest, ExpiredConnectionsAreNotShown) {
  open_connections(10);
  router->now += std::chrono::seconds(11);
  ConnectionQuery query;
  query.kind = Kind::count;
  const auto survey = desk.open(query);
  all(*survey);
  EXPECT_EQ(survey->matched(), 0u);
}

}  // namespace
}  // namespace spillway::test
