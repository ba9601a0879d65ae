#pragma once

#include <string>
#include <vector>

#include "control/linux/carrier.h"
#include "control/linux/netlink.h"
#include "control/linux/sysctl.h"

namespace spillway::linux_side {

/// A Linux interface whose frames the router takes by packet sockets. The kernel goes on seeing
/// every frame; here it is kept from answering, routing, merging them or sending its own. What was
/// changed is given back in the end. Thread contract: control only.
class TakenInterface {
 public:
  /// Sets it up with this MTU. Throws std::runtime_error when it is missing, no Ethernet, or part
  /// of a bridge or bond.
  TakenInterface(Netlink& netlink, const std::string& name, std::uint16_t mtu);

  /// Whether its link carries.
  bool has_carrier() const noexcept;
  /// Whether there is a card behind it, not only another interface.
  bool is_hardware() const noexcept { return is_hardware_; }
  /// What could not be had, and what an admin should look at; one sentence each.
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  void silence_kernel(const std::string& name);
  void stop_merging(const std::string& name);

  Carrier carrier_;
  bool is_hardware_;
  Sysctls sysctls_;
  std::vector<std::string> warnings_;
};

}  // namespace spillway::linux_side
