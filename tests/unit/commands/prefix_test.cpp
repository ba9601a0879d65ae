// Words that are written short.

#include <gtest/gtest.h>

#include "tests/unit/commands/sample_table.h"

namespace spillway {
namespace {

TEST(ShortWords, TheOnlyMeaningCounts) {
  const CommandTable table = sample_table();
  const struct {
    const char* line;
    const char* answer;
  } rows[] = {
      {"sh upl", "show uplinks:\n"},
      {"s u ISP_1", "show uplinks: ISP_1\n"},
      {"r", "reload:\n"},
      {"u d LTE", "uplink drain: LTE\n"},
      {"show cou --json", "show counters: --json\n"},
      {"show con uplink LTE", "show connections: uplink LTE\n"},
      {"show con count", "show connections count:\n"},
      // It may be the beginning of an argument.
      {"show connections c", "show connections: c\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(table.obey(row.line).text, row.answer) << row.line;
}

TEST(ShortWords, WhenThereAreSeveralMeaningsAllAreNamed) {
  const CommandTable table = sample_table();
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"show c", "show: \"c\" may be connections, counters\n"},
      {"sh co x", "show: \"co\" may be connections, counters\n"},
      {"sh", "show: what? allowed: connections, counters, uplinks\n"},
      {"sh x", "show: found \"x\"; allowed: connections, counters, uplinks\n"},
      {"showing", "unknown command \"showing\"; `help` lists them\n"},
      {"Show", "unknown command \"Show\"; `help` lists them\n"},
  };
  for (const auto& row : rows) {
    const Answer answer = table.obey(row.line);
    EXPECT_FALSE(answer.good) << row.line;
    EXPECT_EQ(answer.text, row.error) << row.line;
  }
}

TEST(ShortWords, TheNextWordTellsWhichIsMeant) {
  CommandTable table = sample_table();
  const auto done = [](Arguments&) { return Answer{true, "done\n"}; };
  table.add({"shutdown", "", "", done, Rights::change});
  EXPECT_EQ(table.obey("sh upl LTE").text, "show uplinks: LTE\n");
  EXPECT_EQ(table.obey("sh").text, "\"sh\" may be show, shutdown\n");
  EXPECT_EQ(table.obey("sh x").text, "\"sh\" may be show, shutdown\n");
  EXPECT_EQ(table.obey("sh c").text, "show: \"c\" may be connections, counters\n");
  EXPECT_EQ(table.complete("sh upl"), "uplinks\thealth\n");
  table.add({"shout", "TEXT", "", done});
  EXPECT_EQ(table.obey("sh upl").text, "\"sh\" may be show, shout\n") << "it may be an argument";
}

TEST(ShortWords, AWholeWordIsMeantThoughItBeginsAnother) {
  CommandTable table = sample_table();
  table.add({"show", "", "", [](Arguments&) { return Answer{true, "show itself\n"}; }});
  table.add({"shown", "", "", [](Arguments&) { return Answer{true, "shown\n"}; }});
  EXPECT_EQ(table.obey("show").text, "show itself\n");
  EXPECT_EQ(table.obey("show upl").text, "show uplinks:\n");
  EXPECT_EQ(table.obey("sho").text, "\"sho\" may be show, shown\n");
}

}  // namespace
}  // namespace spillway
