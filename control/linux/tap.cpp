#include "control/linux/tap.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace spillway::linux_side {
namespace {

constexpr char kDevice[] = "/dev/net/tun";

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw std::runtime_error("companion interface " + name + ": " + what);
}

std::string why_not_created(int error) {
  if (error == EBUSY) return "an interface of this name exists already";
  if (error == EPERM) return "needs root or CAP_NET_ADMIN (or `tap = false` for this port)";
  return std::strerror(error);
}

ifreq request(const std::string& name) {
  ifreq r{};
  name.copy(r.ifr_name, IFNAMSIZ - 1);
  return r;
}

int open_tap(const std::string& name) {
  const int fd = open(kDevice, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail(name, std::string(kDevice) + ": " + std::strerror(errno));
  ifreq r = request(name);
  r.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL);
  if (ioctl(fd, TUNSETIFF, &r) == 0) return fd;
  const int error = errno;
  close(fd);
  fail(name, why_not_created(error));
}

}  // namespace

Tap::Tap(const std::string& name, const MacAddr& mac) : fd_(open_tap(name)), name_(name) {
  ifreq r = request(name);
  r.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  std::copy(mac.bytes.begin(), mac.bytes.end(), r.ifr_hwaddr.sa_data);
  if (ioctl(fd_, SIOCSIFHWADDR, &r) == 0) return;
  const int error = errno;
  close(fd_);
  fail(name, "MAC address " + to_string(mac) + ": " + std::strerror(error));
}

Tap::~Tap() {
  close(fd_);
}

std::size_t Tap::read(std::span<std::uint8_t> room) noexcept {
  ssize_t n = 0;
  // DPDK's tap driver raises SIGIO at any time.
  do {
    n = ::read(fd_, room.data(), room.size());
  } while (n < 0 && errno == EINTR);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

bool Tap::write(std::span<const iovec> frame) noexcept {
  ssize_t n = 0;
  do {
    n = writev(fd_, frame.data(), static_cast<int>(frame.size()));
  } while (n < 0 && errno == EINTR);
  return n > 0;
}

}  // namespace spillway::linux_side
