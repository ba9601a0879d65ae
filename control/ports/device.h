#pragma once
// Bringing a device into DPDK, and what stands in its way when it cannot be.

#include <cstdint>
#include <string>

#include "control/config/port_name.h"

namespace spillway {

/// Bus, name and arguments as rte_eal_hotplug_add wants them.
struct Device {
  std::string bus;
  std::string name;
  std::string arguments;
};

/// `mtu` in bytes of IP packet: packet sockets get frames of that size.
Device device_of(const config::PortName& name, std::uint16_t mtu);

/// Bytes that one buffer must take, so that this device can put a frame into it. Packet sockets get
/// IPv4 datagrams whole, however many fragments they came in.
std::size_t frame_room(const config::PortName& name, std::uint16_t mtu);

/// A device that DPDK has, for as long as this lives: one that was named after `--`, or brought in
/// here. Thread contract: control only.
class AttachedDevice {
 public:
  /// Throws std::runtime_error with DPDK's reason.
  explicit AttachedDevice(const Device& device);
  ~AttachedDevice();
  AttachedDevice(const AttachedDevice&) = delete;
  AttachedDevice& operator=(const AttachedDevice&) = delete;

  /// Of its Ethernet port.
  std::uint16_t id() const noexcept { return id_; }

 private:
  std::uint16_t id_ = 0;
};

/// What an admin must do before this device can be used; empty when nothing is known to be wrong.
/// Cards are looked at before the EAL starts (ClaimedCards).
std::string obstacle(const config::PortName& name);

}  // namespace spillway
