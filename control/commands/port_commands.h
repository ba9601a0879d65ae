#pragma once
// `show port stats|xstats|info`: in the words of testpmd, which every admin of DPDK knows.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "control/commands/command_table.h"
#include "control/commands/last_look.h"

namespace spillway {

/// Of a LAN or an uplink, since the start. Packets and bytes are its own, as workers count them:
/// frames without FCS and VLAN tag. The others are its device's, which it may share.
struct PortCounts {
  std::uint64_t rx_packets = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_packets = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_missed = 0;  ///< no room in the device's queue
  std::uint64_t rx_errors = 0;
  std::uint64_t rx_nombuf = 0;  ///< no buffer to receive into
  std::uint64_t tx_errors = 0;

  bool operator==(const PortCounts&) const = default;
};

struct PortInfo {
  std::string name;
  std::string kind;    ///< "lan", "uplink"
  std::string device;  ///< as the configuration names it
  std::string driver;
  std::string mac;
  std::string address;     ///< with prefix length
  std::uint16_t vlan = 0;  ///< 0: untagged
  std::uint16_t mtu = 0;   ///< bytes of IP packet
  bool link = false;
  std::uint32_t speed_mbps = 0;  ///< 0: unknown
  bool full_duplex = false;
  std::string link_watch;  ///< how a change of the link is noticed
  int numa_socket = -1;    ///< -1: any
  std::uint16_t queues = 0;
  std::uint16_t most_queues = 0;
  std::uint16_t rx_descriptors = 0;  ///< of a queue
  std::uint16_t tx_descriptors = 0;
  std::vector<std::string> offloads;           ///< in use
  std::vector<std::string> possible_offloads;  ///< that the driver has
  std::string sorting;                         ///< what of the card's receive-side scaling is used
};

using PortStatistic = std::pair<std::string, std::uint64_t>;

/// What the commands ask about the `i`-th port.
struct PortSource {
  std::function<std::vector<std::string>()> names;
  std::function<PortCounts(std::size_t)> counts;
  std::function<std::vector<PortStatistic>(std::size_t)> statistics;  ///< the driver's own
  std::function<PortInfo(std::size_t)> info;
  std::function<TimePoint()> now;
};

void add_port_commands(CommandTable& table, PortSource source);

using PortCountsSince = LastLook<PortCounts>::Since;
std::string port_stats_to_text(const std::string& name, const PortCounts& counts,
                               const PortCountsSince& since);
std::string port_info_to_text(const PortInfo& info);

}  // namespace spillway
