#include "control/events/hooks.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace spillway {
namespace {

using namespace std::chrono_literals;

/// Hooks that write into a folder of their own.
struct HooksTest : testing::Test {
  HooksTest()
      : folder_(std::filesystem::temp_directory_path() / ("hooks" + std::to_string(getpid()))),
        hooks_(loop_, [this](const std::string& command, const std::string& what) {
          failures_.push_back(command + ": " + what);
        }) {
    std::filesystem::create_directories(folder_);
  }
  ~HooksTest() override { std::filesystem::remove_all(folder_); }

  config::Hook hook(const std::string& command, const std::string& on = "switch") const {
    config::Hook h;
    h.on = on;
    h.command = "cd " + folder_.string() + "; " + command;
    h.timeout = 5000ms;
    return h;
  }
  std::string read(const char* name) const {
    std::ifstream file(folder_ / name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  /// Until every command has ended.
  void finish() {
    loop_.restart();
    while (hooks_.running() > 0) loop_.run_one();
  }

  std::filesystem::path folder_;
  boost::asio::io_context loop_{1};
  std::vector<std::string> failures_;
  Hooks hooks_;
};

Event switched() {
  Event e;
  e.number = 7;
  e.wall_ms = 1234;
  e.kind = EventKind::switched;
  e.subject = "ISP_2";
  e.text = "new connections: ISP_1 -> ISP_2";
  e.facts = {{"from", "ISP_1"}, {"rate-rx", "5400000"}, {"eth1.100_rx", "7"}};
  return e;
}

TEST_F(HooksTest, ACommandGetsTheFactsInItsEnvironment) {
  hooks_.configure({hook("env > out")});
  hooks_.hear(switched());
  EXPECT_EQ(hooks_.running(), 1u) << "beside the router";
  finish();
  const std::string out = read("out");
  for (const char* line :
       {"SPILLWAY_EVENT=switch\n", "SPILLWAY_NUMBER=7\n", "SPILLWAY_TIME_MS=1234\n",
        "SPILLWAY_SUBJECT=ISP_2\n", "SPILLWAY_TEXT=new connections: ISP_1 -> ISP_2\n",
        "SPILLWAY_FROM=ISP_1\n", "SPILLWAY_RATE_RX=5400000\n", "SPILLWAY_ETH1_100_RX=7\n"})
    EXPECT_NE(out.find(line), std::string::npos) << line;
  EXPECT_TRUE(failures_.empty());
}

TEST_F(HooksTest, OnlyItsKindAndItsSubjectRunIt) {
  config::Hook other = hook("echo x >> out");
  other.subject = "ISP_1";
  hooks_.configure({hook("echo x >> out", "health"), other});
  hooks_.hear(switched());
  EXPECT_EQ(hooks_.running(), 0u);
  other.subject = "ISP_2";
  hooks_.configure({other});
  hooks_.hear(switched());
  finish();
  EXPECT_EQ(read("out"), "x\n");
}

TEST_F(HooksTest, FailuresAreReported) {
  hooks_.configure({hook("exit 3"), hook("kill -TERM $$")});
  hooks_.hear(switched());
  finish();
  ASSERT_EQ(failures_.size(), 2u);
  std::sort(failures_.begin(), failures_.end());
  EXPECT_NE(failures_[0].find("exit 3: exit code 3"), std::string::npos);
  EXPECT_NE(failures_[1].find("killed by Terminated"), std::string::npos);
}

TEST_F(HooksTest, ACommandThatHangsIsEndedWithItsChildren) {
  config::Hook hanging = hook("sleep 1000 & echo $! > child; wait");
  hanging.timeout = 100ms;
  hooks_.configure({hanging});
  hooks_.hear(switched());
  finish();
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_NE(failures_[0].find("took longer than 100 ms"), std::string::npos);
  const pid_t child = std::stoi(read("child"));
  // Gone, or a corpse that its new parent has not buried yet; the signal is on its way.
  const auto alive = [child] {
    std::ifstream status("/proc/" + std::to_string(child) + "/stat");
    std::string pid;
    std::string name;
    std::string state;
    status >> pid >> name >> state;
    return !state.empty() && state != "Z";
  };
  while (alive()) sched_yield();
}

TEST_F(HooksTest, ThereAreNeverTooMany) {
  hooks_.configure({hook("echo x >> out")});
  for (std::size_t i = 0; i < Hooks::kAtOnce + Hooks::kWaiting + 3; ++i) {
    hooks_.hear(switched());
    EXPECT_LE(hooks_.running(), Hooks::kAtOnce);
  }
  EXPECT_EQ(failures_.size(), 3u);
  EXPECT_NE(failures_[0].find("too many are waiting already: not run"), std::string::npos);
  finish();
  EXPECT_EQ(read("out").size(), 2 * (Hooks::kAtOnce + Hooks::kWaiting));
}

TEST_F(HooksTest, ThoseStillRunningEndWithTheRouter) {
  {
    Hooks hooks(loop_, nullptr);
    hooks.configure({hook("echo $$ > pid; exec sleep 1000")});
    hooks.hear(switched());
    while (read("pid").empty()) loop_.poll();
  }
  EXPECT_NE(kill(std::stoi(read("pid")), 0), 0);
}

}  // namespace
}  // namespace spillway
