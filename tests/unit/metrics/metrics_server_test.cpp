// The HTTP server with real sockets: whoever asks nonsense, or nothing, or never reads.

#include "control/metrics/metrics_server.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <thread>

#include "tests/unit/metrics/sample_snapshot.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

config::Metrics at(std::uint16_t port) {
  return {.enabled = true, .port = port};
}

/// A port that nobody listens at.
std::uint16_t free_port() {
  boost::asio::io_context loop;
  const tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

struct Client {
  explicit Client(std::uint16_t port) {
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
  }
  void say(const std::string& text) {
    boost::system::error_code refused;
    boost::asio::write(socket, boost::asio::buffer(text), refused);
  }
  std::string hear() {
    std::string all;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(all), end);
    return all;
  }

  boost::asio::io_context loop;
  tcp::socket socket{loop};
};

std::string ask(std::uint16_t port, const std::string& request) {
  Client client(port);
  client.say(request);
  return client.hear();
}

std::string scrape(std::uint16_t port) {
  return ask(port, "GET /metrics HTTP/1.0\r\n\r\n");
}

class Metrics : public testing::Test {
 protected:
  /// As far as the first report.
  std::string serve(const config::Metrics& settings) {
    server.configure(settings);
    return next_outcome();
  }
  std::string next_outcome() {
    const std::size_t before = outcomes.size();
    while (outcomes.size() == before) {
      loop.restart();  // it ends by itself while nothing is to be done
      loop.run_one_for(10ms);
    }
    return outcomes.back();
  }
  void publish() { shelf.publish(std::make_shared<RouterSnapshot>(test::sample_snapshot())); }

  boost::asio::io_context loop{1};
  SnapshotShelf shelf;
  std::vector<std::string> outcomes;
  MetricsServer server{loop, shelf, [] { return TimePoint(100s); },
                       [this](const std::string& listen, const std::string& error) {
                         outcomes.push_back(listen + ":" + error);
                       }};
  std::uint16_t port = free_port();
  std::string good = "127.0.0.1:" + std::to_string(port) + ":";
};

TEST_F(Metrics, AreServedFromTheSnapshot) {
  ASSERT_EQ(serve(at(port)), good);
  EXPECT_EQ(scrape(port).find("spillway_"), std::string::npos) << "there is no snapshot yet";
  publish();
  const std::string answer = scrape(port);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("\nspillway_uplink_active{uplink=\"ISP_2\"} 1\n"), std::string::npos)
      << answer;
}

TEST_F(Metrics, R44_WhatIsNoScrapeGetsAnError) {
  ASSERT_EQ(serve(at(port)), good);
  publish();
  const auto status = [&](const std::string& request) { return ask(port, request).substr(9, 3); };
  EXPECT_EQ(status("GET / HTTP/1.0\r\n\r\n"), "404");
  EXPECT_EQ(status("GET /../../etc/passwd HTTP/1.0\r\n\r\n"), "404");
  EXPECT_EQ(status("POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n"), "404");
  EXPECT_EQ(status("nonsense\r\n\r\n"), "400");
  EXPECT_EQ(status(std::string(10'000, 'x') + "\r\n\r\n"), "400");
  EXPECT_TRUE(scrape(port).starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Metrics, R44_ABusyPortIsNamed) {
  const tcp::acceptor taken(loop, {boost::asio::ip::address_v4::loopback(), port});
  EXPECT_EQ(serve(at(port)), good + "Address already in use");
  EXPECT_EQ(serve({.enabled = true, .address = Ipv4Addr::of(192, 0, 2, 1), .port = port}),
            "192.0.2.1:" + std::to_string(port) + ":Cannot assign requested address");
}

TEST_F(Metrics, AReloadTriesAgainMovesAndEnds) {
  {
    const tcp::acceptor taken(loop, {boost::asio::ip::address_v4::loopback(), port});
    EXPECT_NE(serve(at(port)), good);
  }
  EXPECT_EQ(serve(at(port)), good);
  const std::uint16_t other = free_port();
  EXPECT_EQ(serve(at(other)), "127.0.0.1:" + std::to_string(other) + ":");
  EXPECT_THROW(scrape(port), boost::system::system_error) << "no longer there";
  publish();
  EXPECT_NE(scrape(other).find("spillway_"), std::string::npos);
  server.configure({.enabled = false});
  server.configure(at(port));  // while it ends
  EXPECT_EQ(next_outcome(), good);
  EXPECT_THROW(scrape(other), boost::system::system_error);
}

/// More of them than it serves at the same time: they are let go after a while.
TEST_F(Metrics, R44_StuckClientsKeepNobodyFromScraping) {
  ASSERT_EQ(serve(at(port)), good);
  publish();
  std::list<Client> stuck;
  for (unsigned i = 0; i < 2 * MetricsServer::kClients; ++i)
    stuck.emplace_back(port).say("GET /metrics HT");
  EXPECT_NE(scrape(port).find("spillway_"), std::string::npos);
  // Neither do they keep it from ending.
  server.configure({.enabled = false});
}

TEST_F(Metrics, AReaderGetsAWholeSnapshotWhileOthersAreMade) {
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load()) {
      const SnapshotShelf::Item item = shelf.last();
      if (item) {
        EXPECT_EQ(item->uplinks.size(), item->workers.size());
      }
    }
  });
  for (std::size_t n = 1; n < 2000; ++n) {
    auto next = std::make_shared<RouterSnapshot>();
    next->uplinks.resize(n % 7);
    next->workers.resize(n % 7);
    while (!shelf.publish(next)) std::this_thread::yield();
  }
  done = true;
  reader.join();
}

}  // namespace
}  // namespace spillway
