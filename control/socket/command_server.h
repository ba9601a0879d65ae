#pragma once
// The router's control socket: a client sends one line, gets an answer, and is let go.

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "control/socket/answer.h"

namespace spillway {

/// Serves any number of clients one after the other's line, and none for longer than it takes; a
/// slow or dead one blocks nobody. Thread contract: control only.
class CommandServer {
 public:
  using Handler = std::function<Answer(const std::string& line)>;

  static constexpr std::size_t kLongestLine = 4096;
  static constexpr std::size_t kMostClients = 64;
  /// With a client that says nothing, or takes nothing of its answer.
  static constexpr std::chrono::seconds kPatience{10};

  /// Listens at `path`, in the file system, for owner and group alone. Throws std::runtime_error,
  /// also when another router listens there; a socket that nobody listens at any more is replaced.
  CommandServer(boost::asio::io_context& loop, const std::string& path, Handler handler);
  ~CommandServer();
  CommandServer(const CommandServer&) = delete;
  CommandServer& operator=(const CommandServer&) = delete;

 private:
  class Client;
  /// Outlives the server as long as a client's operation is under way.
  struct Shared {
    Handler handler;
    std::size_t clients = 0;
  };

  void accept();

  boost::asio::local::stream_protocol::acceptor acceptor_;
  std::string path_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace spillway
