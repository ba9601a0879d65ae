#pragma once
// The router's control socket: a client sends one line, gets an answer, and is let go.

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "control/socket/answer.h"
#include "control/socket/peer.h"

namespace spillway {

/// Serves its clients one after the other's line, and none for longer than it takes; a slow or dead
/// one blocks nobody. Thread contract: control only.
class CommandServer {
 public:
  using Handler = std::function<Answer(const std::string& line, const Peer& peer)>;

  static constexpr std::size_t kLongestLine = 4096;  ///< bytes, its end included
  static constexpr std::size_t kMostClients = 256;   ///< at a time; one more is told so
  /// With a client that has not said its line, or takes nothing of its answer.
  static constexpr std::chrono::seconds kPatience{10};

  struct Settings {
    std::string path;            ///< in the file system, for owner and group alone
    std::optional<gid_t> group;  ///< whose the socket is; nothing: the process's
    std::chrono::milliseconds patience = kPatience;
  };

  /// Listens. Throws std::runtime_error, also when another router listens there; a socket that
  /// nobody listens at any more is replaced.
  CommandServer(boost::asio::io_context& loop, Settings settings, Handler handler);
  ~CommandServer();
  CommandServer(const CommandServer&) = delete;
  CommandServer& operator=(const CommandServer&) = delete;

 private:
  class Client;
  /// Outlives the server as long as a client's operation is under way.
  struct Shared {
    Handler handler;
    std::chrono::milliseconds patience;
    std::size_t clients = 0;
  };

  void accept();
  void welcome(boost::asio::local::stream_protocol::socket socket);
  void pause();

  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::string path_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace spillway
