#pragma once

#include <cstddef>
#include <cstdint>

namespace spillway {

/// Position of a port in the router's port list: LAN ports first, then uplinks. A VLAN
/// sub-interface is a port too.
enum class PortIndex : std::uint8_t {
  kernel = 32,  ///< the router's own Linux, behind the control core
  none = 0xff,
};
inline constexpr std::size_t kMaxPorts = 33;

constexpr std::size_t index_of(PortIndex p) noexcept {
  return static_cast<std::size_t>(p);
}
constexpr PortIndex port_index(std::size_t i) noexcept {
  return static_cast<PortIndex>(i);
}

}  // namespace spillway
