#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "control/socket/command_client.h"
#include "tests/unit/router/echo_server.h"

namespace spillway {
namespace {

TEST(CommandSocket, AnswersALine) {
  const Echo echo;
  EXPECT_EQ(ask_router(echo.path, "show x").text, "got show x\n");
  EXPECT_TRUE(ask_router(echo.path, "show x").good);
  EXPECT_FALSE(ask_router(echo.path, "bad").good);
}

TEST(CommandSocket, AnAnswerMayComeBitByBit) {
  const Echo echo;
  EXPECT_EQ(ask_router(echo.path, "count").text, "1\n2\n3\n");
}

TEST(CommandSocket, IsForOwnerAndGroupAloneAndGoesWithTheServer) {
  std::string path;
  {
    const Echo echo;
    path = echo.path;
    struct stat facts {};
    ASSERT_EQ(stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777u, 0660u);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(CommandSocket, ASecondRouterIsToldOfTheFirst) {
  const Echo echo;
  try {
    const CommandServer second(const_cast<Echo&>(echo).loop, {.path = echo.path, .group = {}},
                               nullptr);
    FAIL() << "no error";
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(std::string(e.what()), "control socket " + echo.path +
                                         ": another spillway listens there, process " +
                                         std::to_string(getpid()) + "; --socket names another one");
  }
  EXPECT_EQ(ask_router(echo.path, "x").text, "got x\n") << "which goes on";
}

TEST(CommandSocket, ASocketThatNobodyServesIsReplaced) {
  const std::string path = fresh_path();
  {
    boost::asio::io_context loop;
    const Protocol::acceptor left_behind(loop, Protocol::endpoint(path));
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  boost::asio::io_context loop;
  EXPECT_NO_THROW(CommandServer(loop, {.path = path, .group = {}}, nullptr));
}

TEST(CommandSocket, KnowsWhoAsks) {
  const Echo echo;
  EXPECT_EQ(ask_router(echo.path, "who").text,
            std::to_string(getpid()) + " " + std::to_string(geteuid()) + "\n");
}

TEST(CommandSocket, R44_ALongerLineIsRefused) {
  const Echo echo;
  const std::string longest(CommandServer::kLongestLine - 1, 'x');
  EXPECT_EQ(ask_router(echo.path, longest).text, "got " + longest + "\n");
  const Answer refused = ask_router(echo.path, longest + "x");
  EXPECT_FALSE(refused.good);
  EXPECT_EQ(refused.text, "a command may have 4095 bytes\n");
  EXPECT_EQ(ask_router(echo.path, std::string(1 << 20, 'x')).text, refused.text);
  EXPECT_EQ(ask_router(echo.path, "x").text, "got x\n");
}

RC_GTEST_PROP(CommandSocketLines, R44_AnyBytesAreAnswered, (const std::string& bytes)) {
  static Echo echo;
  boost::asio::io_context loop;
  Protocol::socket any = client(loop, echo.path, bytes + "\n");
  const std::string line = bytes.substr(0, bytes.find('\n'));
  RC_PRE(line != "wait" && line != "flood");
  RC_ASSERT(read_all(any).starts_with(line == "bad" ? "error\n" : "ok\n"));
}

TEST(CommandSocket, AnAnswerCanBeCutOff) {
  const Echo echo;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::size_t taken = 0;
  const auto outcome = ask_router(echo.path, "flood",
                                  [&](bool, std::string_view piece) {
                                    taken += piece.size();
                                    const bool enough = taken > (1u << 20);
                                    EXPECT_EQ(write(ends[1], "x", enough ? 1 : 0), enough ? 1 : 0);
                                  },
                                  {ends[0], [] { return true; }});
  EXPECT_EQ(outcome, Outcome::interrupted);
  close(ends[0]);
  close(ends[1]);
}

TEST(CommandSocket, WithoutARouterItSaysSo) {
  try {
    ask_router("/nonexistent/socket", "x");
    FAIL() << "no error";
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(
        std::string(e.what()),
        "no router answers at /nonexistent/socket (No such file or directory); --socket names "
        "another one");
  }
}

}  // namespace
}  // namespace spillway
