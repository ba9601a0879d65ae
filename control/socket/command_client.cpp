#include "control/socket/command_client.h"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace spillway {

Answer ask_router(const std::string& path, const std::string& line) {
  using Protocol = boost::asio::local::stream_protocol;
  boost::asio::io_context loop;
  Protocol::socket socket(loop);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(path), error);
  if (error)
    throw std::runtime_error("no router answers at " + path + " (" + error.message() +
                             "); --socket names another one");
  boost::asio::write(socket, boost::asio::buffer(line + "\n"), error);
  std::string all;
  boost::asio::read(socket, boost::asio::dynamic_buffer(all), error);
  const std::size_t first = all.find('\n');
  if (first == std::string::npos)
    throw std::runtime_error("the router at " + path + " went away without an answer");
  return {all.substr(0, first) == "ok", all.substr(first + 1)};
}

}  // namespace spillway
