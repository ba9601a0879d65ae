#include "control/socket/command_client.h"

#include <poll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <optional>
#include <stdexcept>

namespace spillway {
namespace {

using boost::system::error_code;
using Protocol = boost::asio::local::stream_protocol;

void connect_to(Protocol::socket& socket, const std::string& path) {
  error_code error;
  if (path.size() < sizeof(sockaddr_un::sun_path))
    socket.connect(Protocol::endpoint(path), error);
  else
    error = boost::asio::error::name_too_long;
  if (error)
    throw std::runtime_error("no router answers at " + path + " (" + error.message() +
                             "); --socket names another one");
}

/// Waits for more of the answer; false when the person who asked wants no more.
bool await(Protocol::socket& socket, const Interruption& interruption) {
  std::array<pollfd, 2> wanted{pollfd{socket.native_handle(), POLLIN, 0},
                               pollfd{interruption.descriptor, POLLIN, 0}};
  while (true) {
    const int ready = poll(wanted.data(), wanted.size(), -1);
    if (ready < 0 && errno != EINTR) return true;  // the next read says what is wrong
    if (ready > 0 && wanted[1].revents != 0 && interruption.asked()) return false;
    if (ready > 0 && wanted[0].revents != 0) return true;
  }
}

/// Tells the first line, which says how it went, from the text behind it.
class AnswerReader {
 public:
  explicit AnswerReader(const AnswerSink& sink) : sink_(sink) {}

  void take(std::string_view piece) {
    if (good_) return sink_(*good_, piece);
    first_ += piece;
    const std::size_t end = first_.find('\n');
    if (end == std::string::npos) return;
    good_ = std::string_view(first_).substr(0, end) == "ok";
    if (end + 1 < first_.size()) sink_(*good_, std::string_view(first_).substr(end + 1));
  }
  /// Nothing before the first line has come.
  std::optional<bool> good() const { return good_; }

 private:
  const AnswerSink& sink_;
  std::string first_;
  std::optional<bool> good_;
};

}  // namespace

Outcome ask_router(const std::string& path, const std::string& line, const AnswerSink& sink,
                   const Interruption& interruption) {
  boost::asio::io_context loop;
  Protocol::socket socket(loop);
  connect_to(socket, path);
  error_code error;
  // A router that has no place for us says so without listening; its answer counts, not this error.
  boost::asio::write(socket, boost::asio::buffer(line + "\n"), error);
  AnswerReader reader(sink);
  std::array<char, 16384> piece{};
  error.clear();
  while (true) {
    if (!await(socket, interruption)) return Outcome::interrupted;
    const std::size_t n = socket.read_some(boost::asio::buffer(piece), error);
    if (error) break;
    reader.take({piece.data(), n});
  }
  // After a refusal it may not have read all that was sent, which comes out as an error.
  if (!reader.good() || (*reader.good() && error != boost::asio::error::eof))
    throw std::runtime_error("the router at " + path + " went away " +
                             (reader.good() ? "amid its answer" : "without an answer"));
  return *reader.good() ? Outcome::good : Outcome::refused;
}

Answer ask_router(const std::string& path, const std::string& line) {
  Answer answer;
  const Outcome outcome =
      ask_router(path, line, [&](bool, std::string_view piece) { answer.text += piece; });
  answer.good = outcome == Outcome::good;
  return answer;
}

}  // namespace spillway
