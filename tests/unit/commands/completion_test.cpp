#include <gtest/gtest.h>

#include "tests/unit/commands/sample_table.h"

namespace spillway {
namespace {

TEST(Completion, WhatTheLastWordCanBecome) {
  const CommandTable table = sample_table();
  const struct {
    const char* line;
    const char* answer;
  } rows[] = {
      {"", "reload\tread again\nshow\tconnections, counters, uplinks\nuplink\tdrain\n"},
      {"s", "show\tconnections, counters, uplinks\n"},
      {"show", "show\tconnections, counters, uplinks\n"},
      {"show ", "connections\twho talks\ncounters\tpackets\nuplinks\thealth\n"},
      {"  sh   c", "connections\twho talks\ncounters\tpackets\n"},
      {"show uplinks ", "ISP_1\t\nISP_2\t\nLTE\t\n--json\t\n\t[NAME] [--json]  health\n"},
      {"show uplinks I", "ISP_1\t\nISP_2\t\n"},
      {"sh u L", "LTE\t\n"},
      {"show uplinks ISP_2 ", "ISP_1\t\nLTE\t\n--json\t\n"},
      {"show uplinks --", "--json\t\n"},
      {"show connections ",
       "count\thow many talk\n--json\t\n\t[uplink NAME] [--json]  who talks\n"},
      {"reload ", "\tread again\n"},
      {"reload x", ""},
      {"nothing", ""},
      {"show c x", ""},
      {"x y z ", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(table.complete(row.line), row.answer) << row.line;
}

}  // namespace
}  // namespace spillway
