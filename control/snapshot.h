#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "control/config/config.h"
#include "dataplane/path/config_snapshot.h"

namespace spillway {

/// Who gets what is addressed to the router itself.
enum class LocalDelivery : std::uint8_t {
  nobody,        ///< a replay
  control_core,  ///< for Linux, or answered there
};

/// Compiles the configuration into what the workers read. Ports are numbered LANs first, then
/// uplinks, in the order of the configuration. `probe_ids` are the ICMP identifiers of the control
/// core's probes by uplink, where it sends any; `capture` is passed on. Needs an EAL when there are
/// policy rules. Control only. Throws std::runtime_error.
std::unique_ptr<ConfigSnapshot> compile_snapshot(
    const config::Config& config, LocalDelivery local, std::span<const L4Port> probe_ids = {},
    std::shared_ptr<const CaptureOrder> capture = nullptr);

/// Position of the `i`-th LAN or uplink among the router's ports.
constexpr PortIndex lan_port(std::size_t i) noexcept {
  return port_index(i);
}
inline PortIndex uplink_port(const config::Config& config, UplinkId id) noexcept {
  return port_index(config.lans.size() + index_of(id));
}

}  // namespace spillway
