#include "control/socket/command_server.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace spillway {
namespace {

using boost::system::error_code;
using Protocol = boost::asio::local::stream_protocol;

/// The process that listens at `path`, 0 when nobody does.
pid_t listener_at(boost::asio::io_context& loop, const std::string& path) {
  Protocol::socket socket(loop);
  error_code error;
  socket.connect(Protocol::endpoint(path), error);
  if (error) return 0;
  return peer_of(socket.native_handle()).process;
}

Protocol::acceptor listen_at(boost::asio::io_context& loop, const std::string& path,
                             std::optional<gid_t> group) {
  const auto fail = [&](const std::string& why) -> std::runtime_error {
    return std::runtime_error("control socket " + path + ": " + why);
  };
  if (path.size() >= sizeof(sockaddr_un::sun_path)) throw fail("the path is too long");
  if (const pid_t other = listener_at(loop, path); other != 0)
    throw fail("another spillway listens there, process " + std::to_string(other) +
               "; --socket names another one");
  unlink(path.c_str());
  Protocol::acceptor acceptor(loop);
  error_code error;
  acceptor.open(Protocol(), error);
  const mode_t before = umask(0117);  // 0660
  if (!error) acceptor.bind(Protocol::endpoint(path), error);
  umask(before);
  if (!error && group && chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    const std::string why = std::strerror(errno);
    unlink(path.c_str());
    throw fail("cannot be given to group " + std::to_string(*group) + ": " + why);
  }
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) throw fail(error.message());
  return acceptor;
}

}  // namespace

/// Lives as long as an operation of its is under way.
class CommandServer::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(std::shared_ptr<Shared> shared, Protocol::socket socket)
      : shared_(std::move(shared)),
        socket_(std::move(socket)),
        peer_(peer_of(socket_.native_handle())),
        deadline_(socket_.get_executor()) {
    ++shared_->clients;
  }
  ~Client() { --shared_->clients; }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void start() {
    await_progress();
    boost::asio::async_read_until(
        socket_, boost::asio::dynamic_buffer(line_, kLongestLine), '\n',
        [self = shared_from_this()](const error_code& error, std::size_t n) {
          self->heard(error, n);
        });
  }

 private:
  /// From now on it has all of the patience again.
  void await_progress() {
    deadline_.expires_after(shared_->patience);
    deadline_.async_wait([self = weak_from_this()](const error_code& error) {
      const auto client = self.lock();
      if (error || !client) return;
      error_code ignored;
      client->socket_.close(ignored);
    });
  }

  void heard(const error_code& error, std::size_t length) {
    if (error == boost::asio::error::not_found)
      return answer({false, "a command may have " + std::to_string(kLongestLine - 1) + " bytes\n"});
    if (!error) answer(shared_->handler(line_.substr(0, length - 1), peer_));
  }

  void answer(Answer answer) {
    answer_ = std::move(answer);
    answer_.text.insert(0, answer_.good ? "ok\n" : "error\n");
    write(0);
  }

  /// All of the text from its byte `begin` on; patience begins anew with every part of it taken.
  void write(std::size_t begin) {
    await_progress();
    socket_.async_write_some(
        boost::asio::buffer(answer_.text) + begin,
        [self = shared_from_this(), begin](const error_code& error, std::size_t n) {
          if (error) return self->finish();
          if (begin + n < self->answer_.text.size()) return self->write(begin + n);
          self->answer_.text.clear();
          self->go_on();
        });
  }

  /// Nothing is asked for before the client has taken what came before.
  void go_on() {
    if (!answer_.rest || is_gone()) return finish();
    if (!answer_.rest->append_to(answer_.text)) answer_.rest.reset();
    if (!answer_.text.empty()) return write(0);
    if (!answer_.rest) return finish();
    deadline_.expires_after(kGlance);
    deadline_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->go_on();
    });
  }

  /// It has closed; one that has only said that it will say no more (shutdown(2)) still listens.
  bool is_gone() {
    pollfd state{socket_.native_handle(), 0, 0};
    return poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR)) != 0;
  }

  void finish() {
    deadline_.cancel();
    answer_.rest.reset();
  }

  static constexpr std::chrono::milliseconds kGlance{1};  ///< until the next look at what has come

  std::shared_ptr<Shared> shared_;
  Protocol::socket socket_;
  Peer peer_;
  boost::asio::steady_timer deadline_;
  std::string line_;
  Answer answer_;
};

CommandServer::CommandServer(boost::asio::io_context& loop, Settings settings, Handler handler)
    : acceptor_(listen_at(loop, settings.path, settings.group)),
      pause_(loop),
      path_(std::move(settings.path)),
      shared_(std::make_shared<Shared>(Shared{std::move(handler), settings.patience})) {
  accept();
}

CommandServer::~CommandServer() {
  unlink(path_.c_str());
}

void CommandServer::accept() {
  acceptor_.async_accept([this](const error_code& error, Protocol::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error) return pause();
    welcome(std::move(socket));
    accept();
  });
}

void CommandServer::welcome(Protocol::socket socket) {
  if (shared_->clients < kMostClients)
    return std::make_shared<Client>(shared_, std::move(socket))->start();
  // It fits in the buffer of a fresh socket, so nobody waits.
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer("error\ntoo many clients, " + std::to_string(kMostClients) +
                                        " at a time; try again\n"),
                    ignored);
}

/// No descriptors are left, or no memory: to try again at once would only take the CPU.
void CommandServer::pause() {
  constexpr std::chrono::milliseconds kPause{100};
  pause_.expires_after(kPause);
  pause_.async_wait([this](const error_code& error) {
    if (!error) accept();
  });
}

}  // namespace spillway
