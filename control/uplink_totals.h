#pragma once
// What the balancer wants to know of the workers, out of their counters.

#include <span>
#include <vector>

#include "control/balance/uplink_rate.h"
#include "control/snapshot.h"
#include "dataplane/path/counters.h"

namespace spillway {

/// Of every uplink, since the start.
struct UplinkCounts {
  std::vector<PortBytes> bytes;
  std::vector<std::uint64_t> placed;  ///< connections

  explicit UplinkCounts(std::size_t uplinks) : bytes(uplinks), placed(uplinks) {}

  void add(const WorkerCounters& worker, const config::Config& config) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const PortCounters& port = worker.ports[index_of(uplink_port(config, uplink_id(i)))];
      bytes[i].rx += port.rx_bytes.get();
      bytes[i].tx += port.tx_bytes.get();
      placed[i] += worker.placed[i].get();
    }
  }
};

}  // namespace spillway
