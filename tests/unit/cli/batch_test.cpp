// Commands out of files, and watches.

#include "control/cli/batch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/cli/table_server.h"

namespace spillway {
namespace {

using testing::MatchesRegex;

struct Said {
  std::string out;
  std::string errors;
  AnswerSink sink = [this](bool good, std::string_view piece) { (good ? out : errors) += piece; };
};

struct Outcomes : Said {
  bool good = false;
};

void run(const TableServer& router, const std::string& text, bool keep_going, Outcomes& into) {
  std::istringstream input(text);
  into.good = run_batch(input, {"f", keep_going}, Session(router.path, false), into.sink);
}

TEST(Batch, OneCommandALine) {
  const TableServer router;
  Outcomes o;
  run(router, "# a comment\n\n  reload   # why\nshow uplinks ISP#1\n\nsh upl", false, o);
  EXPECT_TRUE(o.good);
  EXPECT_EQ(o.out, "reload:\nshow uplinks: ISP#1\nshow uplinks:\n");
  EXPECT_EQ(o.errors, "");
}

TEST(Batch, StopsAtTheFirstMistakeAndNamesItsPlace) {
  const TableServer router;
  Outcomes o;
  run(router, "reload\n\nnonsense\nreload\n", false, o);
  EXPECT_FALSE(o.good);
  EXPECT_EQ(o.out, "reload:\n");
  EXPECT_EQ(o.errors, "f:3: unknown command \"nonsense\"; `help` lists them\n");
}

TEST(Batch, GoesOnWhereTold) {
  const TableServer router;
  Outcomes o;
  run(router, "nonsense\nreload\nreload --watch\nreload", true, o);
  EXPECT_FALSE(o.good);
  EXPECT_EQ(o.out, "reload:\nreload:\n");
  EXPECT_EQ(o.errors,
            "f:1: unknown command \"nonsense\"; `help` lists them\n"
            "f:3: --watch: allowed behind a show command only\n");
}

TEST(Batch, QuitEndsIt) {
  const TableServer router;
  Outcomes o;
  run(router, "reload\nquit\nnonsense\n", false, o);
  EXPECT_TRUE(o.good);
  EXPECT_EQ(o.out, "reload:\n");
}

TEST(Batch, R44_ALineOfAnyLengthAndAnyBytes) {
  const TableServer router;
  Outcomes o;
  run(router,
      std::string(4095, 'r') + "\n" + std::string(100000, 'x') + "\nreload\n" +
          std::string(1, '\0') + "\xff\n",
      true, o);
  EXPECT_EQ(o.out, "reload:\n");
  EXPECT_NE(o.errors.find("f:2: a command may have 4095 bytes\n"), std::string::npos);
  EXPECT_NE(o.errors.find("f:4: unknown command"), std::string::npos);
}

TEST(Batch, WithoutARouterItFails) {
  std::istringstream input("reload\n");
  Said said;
  EXPECT_THROW(run_batch(input, {"f", true}, Session("/nonexistent/x", false), said.sink),
               std::runtime_error);
}

TEST(Watch, RepeatsWithTimesBetween) {
  const TableServer router;
  Said said;
  const Outcome outcome =
      Session(router.path, false).obey("show times --watch 0.1 --count 3", said.sink);
  EXPECT_EQ(outcome, Outcome::good);
  const std::string time = "[0-9-]+ [0-9:]+\n";
  EXPECT_THAT(said.out,
              MatchesRegex(time + "asked 1\n\n" + time + "asked 2\n\n" + time + "asked 3\n"));
}

TEST(Watch, ClearsAScreen) {
  const TableServer router;
  Said said;
  Session(router.path, true).obey("show times --watch 0.1 --count 1", said.sink);
  EXPECT_THAT(
      said.out,
      MatchesRegex("\x1b\\[H\x1b\\[2J[0-9-]+ [0-9:]+  every 0.1 s: show times\n\nasked 1\n"));
}

TEST(Watch, EndsWhenItsCommandIsRefused) {
  const TableServer router;
  Said said;
  EXPECT_EQ(Session(router.path, false).obey("show nothing --watch 0.1", said.sink),
            Outcome::refused);
  EXPECT_EQ(said.errors,
            "show: found \"nothing\"; allowed: connections, counters, uplinks, numbers, times\n");
}

TEST(Watch, EndsWhenSomebodyWantsNoMore) {
  const TableServer router;
  Said said;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  unsigned answers = 0;
  const AnswerSink sink = [&](bool, std::string_view piece) {
    answers += piece.find("asked") != std::string_view::npos ? 1 : 0;
  };
  const Interruption interruption{ends[0], [&] { return answers > 0; }};
  EXPECT_EQ(Session(router.path, false).obey("show times --watch 60", sink, interruption),
            Outcome::interrupted);
  EXPECT_EQ(answers, 1u);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace spillway
