#pragma once
// How a configuration names a port: by PCI address, as a DPDK device, or as a Linux interface.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spillway::config {

/// Thread contract: value type.
struct PortName {
  enum class Kind : std::uint8_t {
    pci,    ///< `0000:03:00.0`, bound to a driver of DPDK
    vdev,   ///< `net_tap0,iface=x`, or `net_af_packet0` when its arguments stand after `--`
    linux,  ///< `eth1`: taken over from the kernel by packet sockets
  };

  Kind kind = Kind::linux;
  std::string device;     ///< full PCI address, name of the DPDK device, or of the interface
  std::string arguments;  ///< after the first comma; of a Linux interface: none

  /// The Linux interface whose frames the port takes, if the name tells: `eth1`, or `iface=` of
  /// net_af_packet and net_af_xdp. Two ports on one interface would each get every frame.
  std::optional<std::string> taken_interface() const;
};

/// Nothing when `text` is none of the three.
std::optional<PortName> parse_port_name(std::string_view text);

/// Whether both name one device, however it is spelt.
bool same_port(std::string_view a, std::string_view b);

/// Whether Linux takes `name` for an interface: 1 to 15 characters without blanks, '/' and ':'.
bool is_interface_name(std::string_view name);

}  // namespace spillway::config
