#include "tests/lab/wire/control_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace spillway::wire {
namespace {

constexpr std::size_t kLongestCommand = 256;

int open_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw std::runtime_error("--control: " + path + ": longer than a socket's name can be");
  path.copy(address.sun_path, path.size());
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return fd;
  throw std::runtime_error("--control: " + path + ": " + std::strerror(errno));
}

}  // namespace

ControlSocket::ControlSocket(const std::string& path) : path_(path), fd_(open_socket(path)) {}

ControlSocket::~ControlSocket() {
  close(fd_);
  unlink(path_.c_str());
}

void ControlSocket::serve(const std::function<std::string(const std::string&)>& obey) const {
  std::array<char, kLongestCommand> text;
  sockaddr_un sender{};
  socklen_t size = sizeof sender;
  auto* address = reinterpret_cast<sockaddr*>(&sender);
  const ssize_t n = recvfrom(fd_, text.data(), text.size(), 0, address, &size);
  if (n < 0) return;
  const std::string answer = obey(std::string(text.data(), static_cast<std::size_t>(n)));
  // Nobody to answer, or gone already: the command was obeyed all the same.
  if (size > sizeof(sa_family_t)) sendto(fd_, answer.data(), answer.size(), 0, address, size);
}

}  // namespace spillway::wire
