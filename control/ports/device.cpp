#include "control/ports/device.h"

#include <linux/capability.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "control/log/log.h"
#include "control/ports/pci_card.h"

namespace spillway {
namespace {

using config::PortName;

// DPDK's driver always has the kernel put fragments together, and cuts off what does not fit a
// frame: it must hold as long a datagram as librte_ip_frag would make on any other port.
constexpr std::size_t kDatagram = 12288;
constexpr std::size_t kFrameUnit = 4096;
/// Of a packet socket's frame: its own header, Ethernet, two VLAN tags.
constexpr std::size_t kFrameOverhead = 128;
// A block must hold a whole number of frames. Together they last for some 10 ms at full rate: as
// long as a worker that shares its CPU may have to wait.
constexpr std::size_t kFramesInBlock = 10;
constexpr std::size_t kFrames = 2560;

bool may(int capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(SYS_capget, &header, data.data()) != 0) return false;
  const auto word = static_cast<std::size_t>(capability) / 32;
  return ((data[word].effective >> (capability % 32)) & 1u) != 0;
}

}  // namespace

std::size_t frame_room(const PortName& name, std::uint16_t mtu) {
  const std::size_t frame = mtu + kFrameOverhead;
  if (name.kind != PortName::Kind::linux) return frame;
  return std::max(kDatagram, (frame + kFrameUnit - 1) / kFrameUnit * kFrameUnit);
}

Device device_of(const PortName& name, std::uint16_t mtu) {
  if (name.kind == PortName::Kind::pci) return {"pci", name.device, name.arguments};
  if (name.kind == PortName::Kind::vdev) return {"vdev", name.device, name.arguments};
  const std::size_t frame = frame_room(name, mtu);
  return {"vdev", "net_af_packet_" + name.device,
          "iface=" + name.device + ",framesz=" + std::to_string(frame) + ",framecnt=" +
              std::to_string(kFrames) + ",blocksz=" + std::to_string(frame * kFramesInBlock)};
}

AttachedDevice::AttachedDevice(const Device& device) {
  if (rte_eth_dev_get_port_by_name(device.name.c_str(), &id_) == 0) return;
  first_dpdk_error();
  const int error =
      rte_eal_hotplug_add(device.bus.c_str(), device.name.c_str(), device.arguments.c_str());
  if (error != 0) {
    std::string reason = first_dpdk_error();
    if (reason.empty()) reason = rte_strerror(-error);
    throw std::runtime_error("DPDK cannot use it: " + reason + advice_on(reason));
  }
  if (rte_eth_dev_get_port_by_name(device.name.c_str(), &id_) != 0) {
    rte_eal_hotplug_remove(device.bus.c_str(), device.name.c_str());
    throw std::runtime_error("DPDK has no Ethernet port on it");
  }
}

AttachedDevice::~AttachedDevice() {
  rte_eth_dev_info info{};
  if (rte_eth_dev_info_get(id_, &info) != 0) return;
  // Closes the port too, and with it what the driver made: a tap, a socket.
  rte_dev_remove(const_cast<rte_device*>(info.device));
}

std::string obstacle(const PortName& name) {
  if (name.kind == PortName::Kind::pci) return {};
  if (name.taken_interface() && !(may(CAP_NET_RAW) && may(CAP_NET_ADMIN)))
    return "packet sockets need root, or CAP_NET_RAW and CAP_NET_ADMIN";
  if (name.device.rfind("net_tap", 0) == 0 && access("/dev/net/tun", R_OK | W_OK) != 0)
    return "/dev/net/tun cannot be opened: it needs root, or CAP_NET_ADMIN and the device file";
  return {};
}

}  // namespace spillway
