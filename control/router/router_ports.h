#pragma once
// The router's ports: Ethernet devices, and the LANs and uplinks that live on them.

#include <memory>
#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/linux/netlink.h"
#include "control/ports/eth_port.h"
#include "control/router/packet_pools.h"
#include "control/router/tsc_clock.h"
#include "dataplane/path/worker.h"

namespace spillway {

/// A LAN or an uplink, on a device of its own or as a VLAN sub-interface.
struct RouterPort {
  std::string name;
  std::string device_name;  ///< as the configuration names it
  PortIndex index = PortIndex::none;
  Zone zone = Zone::lan;
  Ipv4Interface interface;
  std::uint16_t vlan = 0;
  std::uint16_t mtu = 1500;  ///< bytes of IP packet
  bool companion = false;
  const EthPort* device = nullptr;
};

/// In the order of PortIndex: LANs, then uplinks. Thread contract: control only.
class RouterPorts {
 public:
  /// Brings in every device. Throws std::runtime_error that names the setting's place, the port and
  /// what to do.
  RouterPorts(const config::Config& config, linux_side::Netlink& netlink);

  /// Starts the queues, and waits some seconds for links that negotiate; the same errors.
  void start(const PacketPools& pools, const TscClock& clock);

  /// Whether a device has told of a change of its link since the last call.
  bool link_interrupted() const;

  const std::vector<RouterPort>& all() const noexcept { return ports_; }
  const RouterPort& operator[](PortIndex index) const { return ports_[index_of(index)]; }
  /// The buffers that a router with these ports needs.
  static PacketPools::Needs buffers(const config::Config& config);

  /// What a worker and its pipeline need to know of each port.
  static WorkerPort worker_port(const RouterPort& port);
  static PipelinePort pipeline_port(const RouterPort& port);

 private:
  struct Device {
    std::string text;  ///< as the configuration names it
    config::Location where;
    std::unique_ptr<EthPort> port;
  };
  void wait_for_links(const TscClock& clock);
  void go_without_link(const Device& device);
  template <typename Side>
  void add(const Side& side, Zone zone, const config::Config& config, linux_side::Netlink& netlink);

  std::vector<Device> devices_;
  std::vector<RouterPort> ports_;
};

}  // namespace spillway
