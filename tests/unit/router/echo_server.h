#pragma once
// A command server on a thread of its own, with answers of all kinds, and clients that misbehave.

#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "control/socket/command_server.h"

namespace spillway {

using Protocol = boost::asio::local::stream_protocol;

inline std::string fresh_path() {
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

/// Waits for rows that never come; tells when nobody wants them any more.
class Endless : public AnswerRest {
 public:
  explicit Endless(std::promise<void>& ended) : ended_(ended) {}
  ~Endless() override { ended_.set_value(); }
  bool append_to(std::string&) override { return true; }

 private:
  std::promise<void>& ended_;
};

/// Pieces without end, counted; tells when nobody wants them any more.
class Flood : public AnswerRest {
 public:
  Flood(std::atomic<std::size_t>& pieces, std::promise<void>& ended)
      : pieces_(pieces), ended_(ended) {}
  ~Flood() override { ended_.set_value(); }
  bool append_to(std::string& text) override {
    ++pieces_;
    text.append(kPiece, 'x');
    return true;
  }

 private:
  std::atomic<std::size_t>& pieces_;
  std::promise<void>& ended_;
};

/// A server that echoes, on a thread of its own.
struct Echo {
  explicit Echo(std::chrono::milliseconds patience = CommandServer::kPatience)
      : server(loop, {.path = path, .group = {}, .patience = patience},
               [this](const std::string& line, const Peer& peer) { return answer(line, peer); }),
        thread([this] { loop.run(); }) {}
  ~Echo() {
    loop.stop();
    thread.join();
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  Answer answer(const std::string& line, const Peer& peer) {
    if (line == "count") return {true, "", std::make_unique<Counting>(3)};
    if (line == "wait") return {true, "", std::make_unique<Endless>(ended)};
    if (line == "flood") return {true, "", std::make_unique<Flood>(pieces, ended)};
    if (line == "many") return {true, std::string(16u << 20, 'x')};
    if (line == "who")
      return {true, std::to_string(peer.process) + " " + std::to_string(peer.user) + "\n"};
    return {line != "bad", "got " + line + "\n"};
  }

  std::promise<void> ended;
  std::atomic<std::size_t> pieces{0};
  std::string path = fresh_path();
  boost::asio::io_context loop{1};
  CommandServer server;
  std::thread thread;
};

/// A client that says `text` and listens to nothing.
inline Protocol::socket client(boost::asio::io_context& loop, const std::string& path,
                               const std::string& text) {
  Protocol::socket socket(loop);
  socket.connect(Protocol::endpoint(path));
  boost::asio::write(socket, boost::asio::buffer(text));
  return socket;
}

/// All that comes until the router closes; whether that ends in an error does not matter.
inline std::string read_all(Protocol::socket& socket) {
  std::string all;
  boost::system::error_code ignored;
  boost::asio::read(socket, boost::asio::dynamic_buffer(all), ignored);
  return all;
}

}  // namespace spillway
