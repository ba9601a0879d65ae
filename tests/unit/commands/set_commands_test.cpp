// `set ...`: what is changed, what is refused, and what is told of it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/commands/set_commands.h"
#include "control/config/load.h"

namespace spillway {
namespace {

constexpr const char* kFile = R"(
lan = { name = "LAN"; port = "lan0"; address = "192.168.22.1/24"; };
uplinks = (
  { name = "ISP_1"; port = "wan1"; address = "1.1.1.32/24"; gateway = "1.1.1.1";
    capacity = { rx = 100000000; tx = 10000000; };
    threshold = { spill_above = "33.3333333%"; traffic = "either"; }; },
  { name = "ISP_2"; port = "wan2"; address = "2.2.2.65/24"; gateway = "2.2.2.1"; }
);
balance = { mode = "bandwidth"; };
)";

/// A router that only remembers what it was told.
struct Router {
  Router() {
    Controls controls;
    controls.config = [this]() -> const config::Config& { return config; };
    controls.adopt = [this](config::Config next) {
      config = std::move(next);
      ++adopted;
    };
    controls.set_admin = [this](UplinkId uplink, AdminState state) {
      done.push_back(std::to_string(index_of(uplink)) + " " +
                     std::to_string(static_cast<int>(state)));
    };
    controls.set_log_level = [this](const std::string& level) { done.push_back(level); };
    controls.tell = [this](const std::string& subject, const std::string& command) {
      told.push_back(subject + ": " + command);
    };
    add_set_commands(table, controls);
  }
  const config::Threshold& threshold(std::size_t uplink) const {
    return *config.uplinks[uplink].threshold;
  }

  config::Config config = config::parse(kFile, "spillway.conf");
  int adopted = 0;
  std::vector<std::string> done;
  std::vector<std::string> told;
  CommandTable table;
};

TEST(SetCommands, R33_AnAdministratorsWordOnAnUplink) {
  Router router;
  EXPECT_EQ(router.table.obey("set uplink ISP_2 down").text,
            "ISP_2: down; also over a reload, until the router ends\n");
  router.table.obey("set uplink ISP_2 drain");
  router.table.obey("set uplink ISP_2 up");
  EXPECT_EQ(router.done, (std::vector<std::string>{"1 1", "1 2", "1 0"}));
  EXPECT_EQ(router.told.front(), "ISP_2: set uplink ISP_2 down");
  EXPECT_EQ(router.adopted, 0);
}

TEST(SetCommands, R31_ThresholdsAreWrittenAsInTheFile) {
  const struct {
    const char* line;
    std::uint64_t above;
    std::uint64_t below;
    config::Traffic traffic;
  } rows[] = {
      {"set uplink ISP_2 threshold 5Mi", 5242880, 5242880, config::Traffic::received},
      {"set uplink ISP_2 threshold 8000000 6.5M", 8000000, 6500000, config::Traffic::received},
      {"set uplink ISP_1 threshold 80% 60%", 80000000, 60000000, config::Traffic::either},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.line);
    Router router;
    const std::size_t uplink = std::string(row.line).find("ISP_1") == std::string::npos;
    EXPECT_TRUE(router.table.obey(row.line).good);
    EXPECT_EQ(router.threshold(uplink).spill_above.rx.value, row.above);
    EXPECT_EQ(router.threshold(uplink).return_below.rx.value, row.below);
    EXPECT_EQ(router.threshold(uplink).traffic, row.traffic);
    EXPECT_EQ(router.adopted, 1);
    EXPECT_EQ(router.told.size(), 1u);
  }
}

TEST(SetCommands, TheAnswerSaysHowLongItLasts) {
  Router router;
  EXPECT_EQ(router.table.obey("set uplink ISP_1 threshold 8M 6M").text,
            "ISP_1: overloaded above 8000000 bit/s, no longer below 6000000 bit/s; until the file "
            "is read again (reload), or for good once it says the same\n");
}

TEST(SetCommands, NothingElseChanges) {
  Router router;
  const config::RateLimit before = router.threshold(0).spill_above;
  router.table.obey("set uplink ISP_2 threshold 5M");
  router.table.obey("set balance mode failover");
  EXPECT_EQ(router.threshold(0).spill_above, before) << "not even its last digit";
  EXPECT_EQ(router.config.file, "spillway.conf") << "which a reload reads";
  EXPECT_EQ(router.config.balance.mode, BalanceMode::failover);
  EXPECT_EQ(router.adopted, 2);
}

TEST(SetCommands, LogLevels) {
  Router router;
  EXPECT_EQ(router.table.obey("set log level debug").text,
            "log level debug; until the router ends\n");
  EXPECT_EQ(router.done, std::vector<std::string>{"debug"});
}

TEST(SetCommands, R44_WhatIsRefusedChangesNothing) {
  const struct {
    const char* line;
    const char* answer;
  } rows[] = {
      {"set uplink", "set uplink: nothing is named; allowed: an uplink: ISP_1, ISP_2\n"},
      {"set uplink ISP_3 up", "set uplink: found \"ISP_3\"; allowed: an uplink: ISP_1, ISP_2\n"},
      {"set uplink ISP_1 off",
       "set uplink: found \"off\"; allowed: up, down, drain, threshold ABOVE [BELOW]\n"},
      {"set uplink ISP_1 up now", "set uplink: found \"now\"; allowed: nothing more\n"},
      {"set uplink ISP_1 threshold",
       "set uplink: nothing is named; allowed: a rate such as \"5.5M\" or \"5Mi\", or a part such "
       "as \"80%\"\n"},
      {"set uplink ISP_1 threshold fast",
       "set uplink: setting `uplinks[0].threshold.spill_above`: found \"fast\"; allowed: a rate "
       "above 0 in bit/s: an integer, or text such as \"512k\", \"5.5M\", \"1G\", \"5Mi\"\n"
       "setting `uplinks[0].threshold.return_below`: found \"fast\"; allowed: a rate above 0 in "
       "bit/s: an integer, or text such as \"512k\", \"5.5M\", \"1G\", \"5Mi\"\n"},
      {"set uplink ISP_1 threshold 5M 6M",
       "set uplink: setting `uplinks[0].threshold.return_below`: found \"6M\"; allowed: at most "
       "spill_above, 5000000\n"},
      {"set uplink ISP_1 threshold 5M 4M 3M",
       "set uplink: found \"3M\"; allowed: one or two rates\n"},
      {"set balance mode best",
       "set balance mode: found \"best\"; allowed: bandwidth, pcc, policy, failover, least-used, "
       "weighted\n"},
      {"set log level loud",
       "set log level: found \"loud\"; allowed: trace, debug, info, warning, error\n"},
  };
  for (const auto& row : rows) {
    Router router;
    const Answer answer = router.table.obey(row.line);
    EXPECT_FALSE(answer.good) << row.line;
    EXPECT_EQ(answer.text, row.answer);
    EXPECT_EQ(router.adopted, 0);
    EXPECT_TRUE(router.done.empty() && router.told.empty());
  }
}

TEST(SetCommands, AChangeIsCheckedWithAllThatDependsOnIt) {
  Router router;
  const Answer mode = router.table.obey("set balance mode least-used");
  EXPECT_FALSE(mode.good);
  EXPECT_NE(mode.text.find("ISP_2 does not"), std::string::npos) << mode.text;
  const Answer part = router.table.obey("set uplink ISP_2 threshold 80%");
  EXPECT_NE(part.text.find("ISP_2, which states no capacity.rx"), std::string::npos) << part.text;
  EXPECT_EQ(router.adopted, 0);
}

RC_GTEST_PROP(SetCommands, R44_AnyWordsAreObeyedOrRefusedWhole, ()) {
  Router router;
  const std::string before = config::effective(router.config);
  const auto known = rc::gen::element<std::string>(
      "uplink", "ISP_1", "ISP_2", "threshold", "up", "drain", "5M", "80%", "0", "-1", "1e9", "1G",
      "balance", "mode", "pcc", "failover", "log", "level", "debug", "--json");
  const auto words = *rc::gen::container<std::vector<std::string>>(
      rc::gen::oneOf(known, rc::gen::string<std::string>()));
  std::string line = "set";
  for (const std::string& word : words) line += " " + word;
  const Answer answer = router.table.obey(line);
  const bool changed = config::effective(router.config) != before || !router.done.empty();
  RC_ASSERT(answer.good || !changed);
  RC_ASSERT(answer.good == (router.told.size() == 1));
  RC_ASSERT(config::effective(config::parse(config::effective(router.config), "again")) ==
            config::effective(router.config));
}

}  // namespace
}  // namespace spillway
