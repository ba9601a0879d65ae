#pragma once
// The router's ports: Ethernet devices, and the LANs and uplinks that live on them.

#include <memory>
#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/linux/netlink.h"
#include "control/ports/eth_port.h"
#include "control/router/packet_pools.h"
#include "control/router/port_queues.h"
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

  /// How many workers its cards could give packets of their own: the fewest queues that any can
  /// fill by our keys, 0 when one cannot.
  std::uint16_t sortable() const noexcept;
  /// What a hash must keep to, so that all its cards that sort agree with it.
  RssHash::Settings hash_settings(std::uint64_t random) const;
  /// Shares the queues out; before `start` and `worker_port`. `owners` must outlive the ports.
  void share_queues(const OwnerMap& owners);

  /// Starts the queues, and waits some seconds for links that negotiate; the same errors.
  void start(const PacketPools& pools, const TscClock& clock);

  /// Whether a device has told of a change of its link since the last call.
  bool link_interrupted() const;

  const std::vector<RouterPort>& all() const noexcept { return ports_; }
  const RouterPort& operator[](PortIndex index) const { return ports_[index_of(index)]; }
  /// The buffers that a router with these ports and at most so many workers needs.
  static PacketPools::Needs buffers(const config::Config& config, unsigned workers);

  /// What a worker and its pipeline need to know of each port.
  WorkerPort worker_port(const RouterPort& port, unsigned worker) const;
  PipelinePort pipeline_port(const RouterPort& port) const;

 private:
  struct Device {
    std::string text;  ///< as the configuration names it
    config::Location where;
    bool on_lan_side = false;  ///< of the first that lives on it
    std::unique_ptr<EthPort> port;
    PortQueues queues = {};
  };
  const Device& device_of(const RouterPort& port) const;
  EthPort::Queues queues_of(const Device& device, const PacketPools& pools) const;
  void wait_for_links(const TscClock& clock);
  void go_without_link(const Device& device);
  template <typename Side>
  void add(const Side& side, Zone zone, const config::Config& config, linux_side::Netlink& netlink);

  const OwnerMap* owners_ = nullptr;
  std::vector<Device> devices_;
  std::vector<RouterPort> ports_;
};

}  // namespace spillway
