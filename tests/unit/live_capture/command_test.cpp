// `capture`: what it refuses, when it ends, and that nothing of a running one is lost.

#include <gtest/gtest.h>
#include <rte_ring.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "control/capture/capture_command.h"
#include "control/replay/capture/capture.h"

namespace spillway::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct CaptureCommand : testing::Test {
  CaptureCommand() {
    char name[] = "/tmp/capture-test-XXXXXX";
    folder = mkdtemp(name);
    CaptureDesk desk;
    desk.publish = [this](auto next) { order = std::move(next); };
    desk.rounds = [this] { return rounds += 2; };
    desk.now = [this] { return now; };
    desk.wall_ns = [] { return std::int64_t{1'700'000'000'000'000'000}; };
    desk.ports = {"LAN", "ISP_1", "ISP_2"};
    desk.longest_frame = 1514;
    table = std::make_unique<CommandTable>();
    add_capture_command(*table, desk);
  }
  ~CaptureCommand() override { fs::remove_all(folder); }

  std::string file() const { return folder + "/x.pcapng"; }

  /// As a worker does it.
  void catch_frame(PortIndex port, bool sent = false) {
    CaptureLane& lane = order->lanes[0];
    void* empty = nullptr;
    ASSERT_EQ(rte_ring_sc_dequeue(lane.empty, &empty), 0);
    auto* frame = static_cast<CapturedFrame*>(empty);
    frame->time = now;
    frame->length = 900;
    frame->kept = std::min(60u, order->most);
    frame->port = port;
    frame->sent = sent;
    std::fill_n(frame->bytes(), frame->kept, std::uint8_t{0});
    frame->bytes()[12] = 8;
    rte_ring_sp_enqueue(lane.full, frame);
  }

  /// Until the writer has written what was caught.
  void wait_for_writer() const {
    for (int i = 0; i < 20'000 && rte_ring_count(order->lanes[0].empty) < CaptureStore::kFrames;
         ++i)
      usleep(100);
    ASSERT_EQ(rte_ring_count(order->lanes[0].empty), CaptureStore::kFrames);
  }

  /// Until it has nothing more to say.
  std::string read_on(Answer& answer, std::chrono::milliseconds each = 1ms) {
    std::string text;
    for (int i = 0; i < 20'000 && answer.rest; ++i) {
      if (!answer.rest->append_to(text)) answer.rest.reset();
      now += each;
      std::this_thread::yield();
      usleep(100);
    }
    EXPECT_EQ(answer.rest, nullptr) << "it does not end";
    return text;
  }

  std::string folder;
  std::shared_ptr<const CaptureOrder> order;
  std::uint64_t rounds = 0;
  TimePoint now{1000s};
  std::unique_ptr<CommandTable> table;
};

TEST_F(CaptureCommand, EndsAtItsLimitAndTheFileIsWhole) {
  Answer answer = table->obey("capture ISP_1 " + file() + " limit 3 filter udp port 53");
  ASSERT_TRUE(answer.good) << answer.text;
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->ports, 2u);
  EXPECT_NE(order->filter, nullptr);
  for (int i = 0; i < 5; ++i) catch_frame(port_index(1), i % 2 == 1);
  const std::string text = read_on(answer);
  EXPECT_EQ(order, nullptr) << "workers have been told";
  EXPECT_NE(text.find(file() + ": 3 packets, "), std::string::npos) << text;
  EXPECT_NE(text.find("; 0 found no room\n"), std::string::npos) << text;
  replay::CaptureReader reader(file());
  int packets = 0;
  while (const auto packet = reader.next()) {
    EXPECT_EQ(packet->time_ns / 1'000'000'000, 1'700'000'000);
    EXPECT_EQ(packet->missing, 840u);
    ++packets;
  }
  EXPECT_EQ(packets, 3);
  EXPECT_EQ(reader.damage(), "");
}

TEST_F(CaptureCommand, EndsAfterItsTimeAndSaysHowFarItIs) {
  Answer answer = table->obey("capture all " + file() + " seconds 5");
  EXPECT_EQ(order->ports, 7u);
  catch_frame(port_index(0));
  wait_for_writer();
  const std::string text = read_on(answer, 500ms);
  EXPECT_NE(text.find("\n1 packets\n"), std::string::npos) << text;
  EXPECT_NE(text.find(": 1 packets"), std::string::npos) << text;
}

TEST_F(CaptureCommand, EndsWithItsClient) {
  Answer answer = table->obey("capture all " + file() + " snaplen 96");
  EXPECT_EQ(order->most, 96u);
  catch_frame(port_index(2));
  answer.rest.reset();
  EXPECT_EQ(order, nullptr);
  EXPECT_TRUE(replay::CaptureReader(file()).next().has_value()) << "what was caught is written";
  EXPECT_TRUE(table->obey("capture all " + file() + "2").good) << "another one may begin";
}

TEST_F(CaptureCommand, MayOutliveTheRouter) {
  Answer answer = table->obey("capture all " + file());
  catch_frame(port_index(0));
  table.reset();
  std::string text;
  EXPECT_FALSE(answer.rest->append_to(text));
  order.reset();
  answer.rest.reset();
  EXPECT_TRUE(replay::CaptureReader(file()).next().has_value());
}

TEST_F(CaptureCommand, R44_OneAtATime) {
  Answer first = table->obey("capture all " + file());
  const Answer second = table->obey("capture all " + file() + "2");
  EXPECT_FALSE(second.good);
  EXPECT_EQ(second.text,
            "capture: found one under way, into " + file() + "; allowed: one at a time\n");
  EXPECT_FALSE(fs::exists(file() + "2"));
}

TEST_F(CaptureCommand, R44_NoFileIsOverwrittenAndNoLinkIsFollowed) {
  std::ofstream(file()) << "precious";
  EXPECT_EQ(table->obey("capture all " + file()).text, "capture: " + file() + ": File exists\n");
  const std::string link = folder + "/link";
  fs::create_symlink(folder + "/target", link);
  EXPECT_FALSE(table->obey("capture all " + link).good);
  EXPECT_FALSE(fs::exists(folder + "/target"));
  EXPECT_EQ(order, nullptr);
  EXPECT_EQ(fs::file_size(file()), 8u);
  Answer good = table->obey("capture all " + folder + "/new");
  struct stat status {};
  ASSERT_EQ(stat((folder + "/new").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(CaptureCommand, R44_WhatIsWrongIsNamed) {
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"capture", "found too few words; allowed: PORT|all FILE"},
      {"capture wan1 /tmp/x", "found \"wan1\"; allowed: all, LAN, ISP_1, ISP_2\n"},
      {"capture all x.pcapng", "found \"x.pcapng\"; allowed: the whole path"},
      {"capture all /dev/null/x", "/dev/null/x: Not a directory\n"},
      {"capture all /tmp/x limit 0", "limit: found \"0\"; allowed: a number from 1 to"},
      {"capture all /tmp/x filter", "nothing stands behind filter\n"},
      {"capture all /tmp/x filter host example.org", "names are not looked up\n"},
      {"capture all /tmp/x udp", "found \"udp\"; allowed: PORT|all FILE"},
  };
  for (const auto& row : rows) {
    const Answer answer = table->obey(row.line);
    EXPECT_FALSE(answer.good) << row.line;
    EXPECT_NE(answer.text.find(row.error), std::string::npos) << answer.text;
  }
}

}  // namespace
}  // namespace spillway::test
