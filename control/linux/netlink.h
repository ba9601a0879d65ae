#pragma once
// What the router asks of the kernel's network configuration (rtnetlink, by libnl).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/net/addr.h"

struct nl_sock;

namespace spillway::linux_side {

/// An interface as the kernel has it.
struct Interface {
  int index = 0;
  std::uint16_t mtu = 0;
  bool up = false;
  bool ethernet = false;
  std::string master;               ///< the bridge or bond it belongs to, if any
  std::vector<Ipv4Addr> addresses;  ///< the kernel's own on it
};

/// In the network namespace in which it was made. Thread contract: control only. What fails throws
/// std::runtime_error with the kernel's reason.
class Netlink {
 public:
  Netlink();
  ~Netlink();
  Netlink(const Netlink&) = delete;
  Netlink& operator=(const Netlink&) = delete;

  std::optional<Interface> find(const std::string& name);
  void set_up(const std::string& name, std::uint16_t mtu);
  void add_address(const std::string& name, const Ipv4Interface& address);
  /// Routes end with the interface they leave by.
  void add_route(const std::string& name, const Ipv4Prefix& to, Ipv4Addr via, std::uint32_t metric);
  void remove_route(const std::string& name, const Ipv4Prefix& to, Ipv4Addr via,
                    std::uint32_t metric);

 private:
  struct Close {
    void operator()(nl_sock* socket) const noexcept;
  };
  std::unique_ptr<nl_sock, Close> socket_;
};

}  // namespace spillway::linux_side
