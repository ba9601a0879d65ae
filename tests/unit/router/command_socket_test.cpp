#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <thread>

#include "control/socket/command_client.h"

namespace spillway {
namespace {

using Protocol = boost::asio::local::stream_protocol;

std::string fresh_path() {
  static std::atomic<unsigned> next{0};
  return (std::filesystem::temp_directory_path() /
          ("spillway-" + std::to_string(getpid()) + "-" + std::to_string(next++)))
      .string();
}

/// Counts to a number, with looks in vain in between.
class Counting : public AnswerRest {
 public:
  explicit Counting(unsigned last) : last_(last) {}
  bool append_to(std::string& text) override {
    waits_ = !waits_;
    if (!waits_) text += std::to_string(++at_) + "\n";
    return at_ < last_;
  }

 private:
  unsigned at_ = 0;
  unsigned last_;
  bool waits_ = false;
};

Answer echo_answer(const std::string& line) {
  if (line == "count") return {true, "", std::make_unique<Counting>(3)};
  return {line != "bad", "got " + line + "\n"};
}

/// A server that echoes, on a thread of its own.
struct Echo {
  Echo() : server(loop, path, echo_answer), thread([this] { loop.run(); }) {}
  ~Echo() {
    loop.stop();
    thread.join();
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  std::string path = fresh_path();
  boost::asio::io_context loop{1};
  CommandServer server;
  std::thread thread;
};

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
    const CommandServer second(const_cast<Echo&>(echo).loop, echo.path, nullptr);
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
  EXPECT_NO_THROW(CommandServer(loop, path, nullptr));
}

TEST(CommandSocket, SilentAndDeadClientsBlockNobody) {
  const Echo echo;
  boost::asio::io_context loop;
  std::vector<Protocol::socket> silent;
  for (std::size_t i = 0; i + 2 < CommandServer::kMostClients; ++i) {
    silent.emplace_back(loop);
    silent.back().connect(Protocol::endpoint(echo.path));
    if (i % 2 == 0) boost::asio::write(silent.back(), boost::asio::buffer("half a li", 9));
  }
  EXPECT_EQ(ask_router(echo.path, "x").text, "got x\n");
  silent.clear();
  EXPECT_EQ(ask_router(echo.path, "y").text, "got y\n");
}

TEST(CommandSocket, R44_ALineWithoutEndIsRefused) {
  const Echo echo;
  EXPECT_THROW(ask_router(echo.path, std::string(CommandServer::kLongestLine, 'x')),
               std::runtime_error);
  EXPECT_EQ(ask_router(echo.path, "x").text, "got x\n");
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
