#include "control/commands/command_table.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

CommandTable sample() {
  CommandTable table;
  table.add({"show", "", "everything", [](Arguments& arguments) {
               arguments.finish("");
               return Answer{true, "all\n"};
             }});
  table.add({"show events", "[N] [--json]", "the last ones", [](Arguments& arguments) {
               const bool json = arguments.flag("--json");
               const auto n = arguments.number(1, 10);
               arguments.finish("a number, --json");
               return Answer{true, std::to_string(n.value_or(0)) + (json ? " json\n" : "\n")};
             }});
  table.add({"refuse", "", "never", [](Arguments&) { return Answer{false, "no\n"}; }});
  return table;
}

std::string help_error(const CommandTable& table, const WordList& words) {
  try {
    return table.help(words);
  } catch (const CommandError& e) {
    return e.what();
  }
}

TEST(CommandTable, TheLongestCommandThatFitsIsMeant) {
  const CommandTable table = sample();
  EXPECT_EQ(table.obey("show").text, "all\n");
  EXPECT_EQ(table.obey("show events").text, "0\n");
  EXPECT_EQ(table.obey("  show   events 7 --json ").text, "7 json\n");
  EXPECT_EQ(table.obey("show events --json 7").text, "7 json\n") << "in any order";
  EXPECT_TRUE(table.obey("show").good);
  EXPECT_FALSE(table.obey("refuse").good);
}

TEST(CommandTable, R44_WhatIsNotUnderstoodIsNamed) {
  const CommandTable table = sample();
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"", "unknown command \"\"; `help` lists them\n"},
      {"shows events", "unknown command \"shows\"; `help` lists them\n"},
      {"xy\x1b[2J\x01 z", "unknown command \"xy?[2J?\"; `help` lists them\n"},
      {"show uplinks", "show: found \"uplinks\"; allowed: nothing more\n"},
      {"show events x", "show events: found \"x\"; allowed: a number, --json\n"},
      {"show events 11", "show events: found 11; allowed: a number from 1 to 10\n"},
      {"show events 0", "show events: found 0; allowed: a number from 1 to 10\n"},
      {"show events -1", "show events: found \"-1\"; allowed: a number, --json\n"},
      {"show events 99999999999999999999",
       "show events: found \"99999999999999999999\"; allowed: a number, --json\n"},
  };
  for (const auto& row : rows) {
    EXPECT_FALSE(table.obey(row.line).good) << row.line;
    EXPECT_EQ(table.obey(row.line).text, row.error);
  }
}

TEST(CommandTable, ACommandThatFailsIsAnAnswer) {
  CommandTable table;
  table.add({"break", "", "", [](Arguments&) -> Answer { throw std::out_of_range("no such"); }});
  EXPECT_FALSE(table.obey("break").good);
  EXPECT_EQ(table.obey("break").text, "break: failed: no such\n");
}

TEST(Arguments, AreTakenByPlaceOrName) {
  Arguments arguments({"ISP_1", "limit", "7", "up"});
  EXPECT_EQ(arguments.after("limit"), "7");
  EXPECT_EQ(arguments.after("limit"), std::nullopt);
  EXPECT_EQ(arguments.word(), "ISP_1");
  EXPECT_EQ(arguments.word(), "up");
  EXPECT_EQ(arguments.word(), std::nullopt);
  Arguments cut_short({"limit"});
  EXPECT_THROW(cut_short.after("limit"), CommandError);
}

TEST(CommandTable, HelpHasALineForEach) {
  EXPECT_EQ(sample().help(),
            "refuse                       never\n"
            "show                         everything\n"
            "show events [N] [--json]     the last ones\n");
  EXPECT_EQ(sample().help({"sh", "ev"}), "show events [N] [--json]     the last ones\n");
  EXPECT_EQ(help_error(sample(), {"nothing"}), "unknown command \"nothing\"; `help` lists them");
  EXPECT_EQ(help_error(sample(), {"show", "x"}), "show: found \"x\"; allowed: events");
}

TEST(CommandTable, HelpGoesOnBelowWhereArgumentsAreLong) {
  CommandTable table;
  table.add({"find", "[this N] [that N] [--json]", "looks", [](Arguments&) { return Answer{}; }});
  EXPECT_EQ(table.help(),
            "find [this N] [that N] [--json]\n"
            "                             looks\n");
}

TEST(CommandTable, WhoMayOnlyLookChangesNothing) {
  CommandTable table = sample();
  unsigned changes = 0;
  table.add({"drain", "", "ends it",
             [&](Arguments&) {
               ++changes;
               return Answer{true, "done\n"};
             },
             Rights::change});
  const Answer refused = table.obey("drain", Rights::look);
  EXPECT_FALSE(refused.good);
  EXPECT_EQ(refused.text,
            "drain: you may look only; changes are for root, the user that runs the router, and "
            "members of `control.admin_group`\n");
  EXPECT_EQ(changes, 0u);
  EXPECT_TRUE(table.obey("show events", Rights::look).good);
  EXPECT_TRUE(table.obey("drain", Rights::change).good);
  EXPECT_EQ(changes, 1u);
}

TEST(CommandTable, AHandlerSeesItsArgumentsAsWritten) {
  CommandTable table;
  table.add({"say it", "TEXT", "", [](Arguments& arguments) {
               return Answer{true, "<" + arguments.as_written() + ">"};
             }});
  EXPECT_EQ(table.obey("  say  it   a  b ").text, "<  a  b >");
  EXPECT_EQ(table.obey("s i ").text, "<>");
  EXPECT_EQ(table.obey("s i").text, "<>");
}

}  // namespace
}  // namespace spillway
