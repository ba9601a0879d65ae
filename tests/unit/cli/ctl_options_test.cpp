#include "control/cli/ctl_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace spillway {
namespace {

using Kind = CtlOptions::Kind;

std::string error_of(const std::vector<std::string>& arguments) {
  try {
    parse_ctl_options(arguments);
  } catch (const CtlUsageError& e) {
    return e.what();
  }
  return {};
}

TEST(CtlOptions, ACommandIsAllThatFollowsTheOptions) {
  const CtlOptions o = parse_ctl_options({"--socket", "/x", "show", "events", "7", "--json"});
  EXPECT_EQ(o.kind, Kind::command);
  EXPECT_EQ(o.socket, "/x");
  EXPECT_EQ(o.command, "show events 7 --json");
  EXPECT_EQ(parse_ctl_options({"show", "-f"}).kind, Kind::command) << "the router's matter";
}

TEST(CtlOptions, OtherWays) {
  EXPECT_EQ(parse_ctl_options({}).kind, Kind::input);
  EXPECT_EQ(parse_ctl_options({}).socket, "/run/spillway.sock");
  EXPECT_EQ(parse_ctl_options({"-h"}).kind, Kind::help);
  EXPECT_EQ(parse_ctl_options({"--version", "x"}).kind, Kind::version);
  const CtlOptions file = parse_ctl_options({"-k", "-f", "commands"});
  EXPECT_EQ(file.kind, Kind::file);
  EXPECT_EQ(file.file, "commands");
  EXPECT_TRUE(file.keep_going);
}

TEST(CtlOptions, MistakesAreNamed) {
  EXPECT_EQ(error_of({"--sock", "x"}),
            "found \"--sock\"; allowed: --socket, --file, --keep-going, --help, --version, or a "
            "command");
  EXPECT_EQ(error_of({"--socket"}), "--socket PATH: nothing stands there");
  EXPECT_EQ(error_of({"-f", ""}), "-f FILE: nothing stands there");
  EXPECT_EQ(error_of({"-f", "x", "show"}),
            "found the command \"show\" beside --file; allowed: one of the two");
  EXPECT_EQ(error_of({"show\nreload"}), "a command is one line; --file - takes several");
}

TEST(CtlOptions, HelpFitsAScreen) {
  std::istringstream lines(ctl_help_text());
  int n = 0;
  for (std::string line; std::getline(lines, line); ++n) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_LE(n, 24);
  EXPECT_GE(n, 8);
}

}  // namespace
}  // namespace spillway
