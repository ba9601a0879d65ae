#include "control/linux/carrier.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace spillway::linux_side {

Carrier::Carrier(const std::string& interface)
    : interface_(interface), fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

Carrier::~Carrier() {
  if (fd_ >= 0) close(fd_);
}

bool Carrier::up() const noexcept {
  ethtool_value value{};
  value.cmd = ETHTOOL_GLINK;
  ifreq r{};
  interface_.copy(r.ifr_name, IFNAMSIZ - 1);
  r.ifr_data = reinterpret_cast<char*>(&value);
  return ioctl(fd_, SIOCETHTOOL, &r) == 0 && value.data != 0;
}

}  // namespace spillway::linux_side
