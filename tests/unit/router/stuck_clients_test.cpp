// Clients of the control socket that are many, slow, or gone.

#include <gtest/gtest.h>

#include "control/socket/command_client.h"
#include "tests/unit/router/echo_server.h"

namespace spillway {
namespace {

TEST(CommandSocket, AHundredClientsOfWhichHalfAreStuck) {
  const Echo echo;
  boost::asio::io_context loop;
  const char* const says[] = {"", "half a li", "many\n"};
  std::vector<Protocol::socket> stuck;
  for (unsigned i = 0; i < 50; ++i) stuck.push_back(client(loop, echo.path, says[i % 3]));
  std::vector<std::thread> working;
  std::atomic<unsigned> served{0};
  for (unsigned i = 0; i < 50; ++i)
    working.emplace_back([&, i] {
      const std::string line = "line " + std::to_string(i);
      for (unsigned n = 0; n < 20; ++n)
        if (ask_router(echo.path, line).text == "got " + line + "\n") ++served;
    });
  for (std::thread& thread : working) thread.join();
  EXPECT_EQ(served, 50u * 20u);
}

TEST(CommandSocket, OneTooManyIsToldSo) {
  const Echo echo;
  boost::asio::io_context loop;
  std::vector<Protocol::socket> silent;
  for (std::size_t i = 0; i < CommandServer::kMostClients; ++i)
    silent.push_back(client(loop, echo.path, ""));
  const Answer refused = ask_router(echo.path, "x");
  EXPECT_FALSE(refused.good);
  EXPECT_EQ(refused.text, "too many clients, 256 at a time; try again\n");
  silent.clear();
  // The server may hear of the next one before it hears that those have gone.
  Answer next = ask_router(echo.path, "y");
  while (!next.good) next = ask_router(echo.path, "y");
  EXPECT_EQ(next.text, "got y\n");
}

TEST(CommandSocket, WhoTakesNothingGetsNoMoreThanBuffersHoldAndIsLetGo) {
  Echo echo(std::chrono::milliseconds(50));
  boost::asio::io_context loop;
  Protocol::socket stuck = client(loop, echo.path, "flood\n");
  EXPECT_EQ(echo.ended.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
  EXPECT_LT(echo.pieces, 64u);
  EXPECT_LE(read_all(stuck).size(), echo.pieces * AnswerRest::kPiece + 3);
}

TEST(CommandSocket, WhoSaysNothingIsLetGo) {
  Echo echo(std::chrono::milliseconds(50));
  boost::asio::io_context loop;
  Protocol::socket silent = client(loop, echo.path, "half a li");
  EXPECT_EQ(read_all(silent), "");
}

TEST(CommandSocket, WhoGoesAwayEndsItsAnswer) {
  Echo echo;
  boost::asio::io_context loop;
  client(loop, echo.path, "wait\n").close();
  EXPECT_EQ(echo.ended.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST(CommandSocket, WhoHasSaidAllMayStillListen) {
  const Echo echo;
  boost::asio::io_context loop;
  Protocol::socket half = client(loop, echo.path, "count\n");
  half.shutdown(Protocol::socket::shutdown_send);
  EXPECT_EQ(read_all(half), "ok\n1\n2\n3\n");
}

}  // namespace
}  // namespace spillway
