// Connections that a person ends: those that fit a filter, and no others, on every worker.

#include <gtest/gtest.h>

#include "control/router/survey.h"
#include "dataplane/net/headers.h"
#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

using Kind = ConnectionQuery::Kind;

/// Workers beside each other, each with a router of its own, asked by one desk.
struct ClearTest : testing::TestWithParam<unsigned> {
  ClearTest() {
    for (unsigned i = 0; i < GetParam(); ++i) {
      links.push_back(std::make_unique<WorkerLink>(80 + i));
      TestWorker::Options options{.config = seed_config(), .queries = links[i]->ends().queries};
      options.connections = 4096;
      options.tells_hosts = true;
      options.config.timeouts = kTimeoutsLinux;
      auto& worker = workers.emplace_back(std::make_unique<TestWorker>(std::move(options)));
      worker->add_port(worker->add_device(4096), kLan, Zone::lan);
      worker->add_port(worker->add_device(4096), kWan1, zone_of(kIsp1));
      worker->learn(kLan, kHost);
      worker->learn(kWan1, kIsp1Gateway);
    }
    desk = std::make_unique<SurveyDesk>(links);
  }

  FrameSpec packet(IpProto proto, std::uint16_t port) const {
    FrameSpec s;
    s.proto = proto;
    s.src_port = port;
    s.dst_port = 443;
    return s;
  }

  void open(TestWorker& worker, IpProto proto, std::uint16_t port) {
    worker.receive(worker.device(0), build_frame(packet(proto, port)));
    worker.poll();
    worker.sent(worker.device(1));
  }

  /// Answered, and data under way that nobody has acknowledged: two resets are due.
  void establish(TestWorker& worker, std::uint16_t port) {
    open(worker, IpProto::tcp, port);
    FrameSpec answer = packet(IpProto::tcp, 443);
    answer.src = kServer;
    answer.dst = kIsp1Address;
    answer.dst_port = port;
    answer.tcp_flags = tcp::syn | tcp::ack_flag;
    answer.seq = 5000;
    answer.ack = 1001;
    worker.receive(worker.device(1), build_frame(answer));
    FrameSpec ack = packet(IpProto::tcp, port);
    ack.tcp_flags = tcp::ack_flag;
    ack.seq = 1001;
    ack.ack = 5001;
    worker.receive(worker.device(0), build_frame(ack));
    worker.poll();
    answer.tcp_flags = tcp::ack_flag;
    answer.seq = 5001;
    answer.payload.assign(100, 1);
    worker.receive(worker.device(1), build_frame(answer));
    worker.poll();
    worker.sent(worker.device(0));
    worker.sent(worker.device(1));
  }

  std::uint64_t clear(const ConnectionFilter& filter) {
    ConnectionQuery query;
    query.kind = Kind::clear;
    query.filter = filter;
    const auto survey = desk->open(query);
    std::array<ConnectionRow, 8> room;
    for (unsigned i = 0; i < 5000 && !survey->done(); ++i) {
      for (auto& worker : workers) worker->poll();
      EXPECT_EQ(survey->take(room), 0u) << "it has no rows";
      for (auto& worker : workers) worker->now += std::chrono::milliseconds(1);
      for (auto& worker : workers)
        for (auto& frame : worker->sent(worker->device(0))) resets.push_back(std::move(frame));
    }
    EXPECT_TRUE(survey->done());
    return survey->matched();
  }

  std::vector<std::unique_ptr<WorkerLink>> links;
  std::vector<std::unique_ptr<TestWorker>> workers;
  std::unique_ptr<SurveyDesk> desk;
  std::vector<std::vector<std::uint8_t>> resets;
};

TEST_P(ClearTest, EndsWhatFitsAndNothingElse) {
  for (auto& worker : workers) {
    for (std::uint16_t i = 0; i < 40; ++i) open(*worker, IpProto::udp, 1000 + i);
    establish(*worker, 3000);
  }
  ConnectionFilter udp;
  udp.proto = static_cast<std::uint8_t>(IpProto::udp);
  EXPECT_EQ(clear(udp), 40u * workers.size());
  EXPECT_TRUE(resets.empty()) << "UDP has nobody to tell";
  for (auto& worker : workers) {
    EXPECT_EQ(worker->worker().pipeline().connections().size(), 1u);
    EXPECT_EQ(worker->worker().counters().cleared.get(), 40u);
  }
  EXPECT_EQ(clear(udp), 0u);
}

TEST_P(ClearTest, R35_TheHostIsToldOfTcp) {
  for (auto& worker : workers) establish(*worker, 3000);
  EXPECT_EQ(clear({}), workers.size());
  ASSERT_EQ(resets.size(), 2 * workers.size());
  for (const auto& frame : resets) {
    const std::uint8_t* ip = frame.data() + kEtherHeader;
    EXPECT_EQ(ip[20 + tcp::flags], tcp::rst | tcp::ack_flag);
    EXPECT_EQ(Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)}, kHost);
    EXPECT_TRUE(checksums_right(ip, frame.size() - kEtherHeader));
  }
  for (auto& worker : workers) EXPECT_EQ(worker->worker().pipeline().connections().size(), 0u);
}

TEST_P(ClearTest, ManyAtOnceLoseNoResetAndNoBuffer) {
  constexpr std::uint16_t many = 700;
  for (auto& worker : workers)
    for (std::uint16_t i = 0; i < many; ++i) establish(*worker, 1000 + i);
  EXPECT_EQ(clear({}), std::uint64_t{many} * workers.size());
  EXPECT_EQ(resets.size(), std::size_t{2} * many * workers.size());
  for (auto& worker : workers) EXPECT_EQ(worker->drops(DropReason::tx_full), 0u);
}

INSTANTIATE_TEST_SUITE_P(Workers, ClearTest, testing::Values(1u, 2u, 3u));

}  // namespace
}  // namespace spillway::test
