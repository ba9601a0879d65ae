#include "control/ports/port_lock.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace spillway {
namespace {

struct AbstractName {
  sockaddr_un address{};
  socklen_t length = 0;

  explicit AbstractName(const std::string& text) {
    address.sun_family = AF_UNIX;
    const std::size_t n = std::min(text.size(), sizeof address.sun_path - 1);
    std::copy_n(text.begin(), n, address.sun_path + 1);
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + n);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

int open_socket() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  return fd;
}

/// The process that listens at `name`, 0 when it has gone meanwhile.
pid_t owner_of(const AbstractName& name) {
  const int fd = open_socket();
  ucred peer{};
  socklen_t size = sizeof peer;
  if (connect(fd, name.get(), name.length) == 0)
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  close(fd);
  return peer.pid;
}

}  // namespace

PortLock::PortLock(const std::string& port) : fd_(open_socket()) {
  const AbstractName name("spillway-port:" + port);
  if (bind(fd_, name.get(), name.length) == 0 && listen(fd_, 1) == 0) return;
  const int error = errno;
  close(fd_);
  if (error != EADDRINUSE) throw std::runtime_error(std::strerror(error));
  throw std::runtime_error("is in use by another spillway, process " +
                           std::to_string(owner_of(name)));
}

PortLock::~PortLock() {
  if (fd_ >= 0) close(fd_);
}

PortLock::PortLock(PortLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

}  // namespace spillway
