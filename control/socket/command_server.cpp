#include "control/socket/command_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
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
  ucred peer{};
  socklen_t size = sizeof peer;
  getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
  return peer.pid;
}

Protocol::acceptor listen_at(boost::asio::io_context& loop, const std::string& path) {
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
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) throw fail(error.message());
  return acceptor;
}

}  // namespace

/// Lives as long as an operation of its is under way.
class CommandServer::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(std::shared_ptr<Shared> shared, Protocol::socket socket)
      : shared_(std::move(shared)), socket_(std::move(socket)), deadline_(socket_.get_executor()) {
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
          if (!error) self->answer(n);
        });
  }

 private:
  /// From now on it has kPatience again.
  void await_progress() {
    deadline_.expires_after(kPatience);
    deadline_.async_wait([self = weak_from_this()](const error_code& error) {
      const auto client = self.lock();
      if (error || !client) return;
      error_code ignored;
      client->socket_.close(ignored);
    });
  }

  void answer(std::size_t length) {
    answer_ = shared_->handler(line_.substr(0, length - 1));
    answer_.text.insert(0, answer_.good ? "ok\n" : "error\n");
    write();
  }

  void write() {
    await_progress();
    boost::asio::async_write(socket_, boost::asio::buffer(answer_.text),
                             [self = shared_from_this()](const error_code& error, std::size_t) {
                               if (error || !self->answer_.rest) return self->finish();
                               self->answer_.text.clear();
                               self->go_on();
                             });
  }

  /// Nothing is asked for before the client has taken what came before.
  void go_on() {
    if (!answer_.rest->append_to(answer_.text)) answer_.rest.reset();
    if (!answer_.text.empty()) return write();
    if (!answer_.rest) return finish();
    deadline_.expires_after(kGlance);
    deadline_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->go_on();
    });
  }

  void finish() { deadline_.cancel(); }

  static constexpr std::chrono::milliseconds kGlance{1};  ///< until the next look at what has come

  std::shared_ptr<Shared> shared_;
  Protocol::socket socket_;
  boost::asio::steady_timer deadline_;
  std::string line_;
  Answer answer_;
};

CommandServer::CommandServer(boost::asio::io_context& loop, const std::string& path,
                             Handler handler)
    : acceptor_(listen_at(loop, path)),
      path_(path),
      shared_(std::make_shared<Shared>(Shared{std::move(handler)})) {
  accept();
}

CommandServer::~CommandServer() {
  unlink(path_.c_str());
}

void CommandServer::accept() {
  acceptor_.async_accept([this](const error_code& error, Protocol::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (!error && shared_->clients < kMostClients)
      std::make_shared<Client>(shared_, std::move(socket))->start();
    accept();
  });
}

}  // namespace spillway
