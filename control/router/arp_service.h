#pragma once

#include <span>
#include <vector>

#include "control/neighbours/neighbour_cache.h"
#include "control/router/control_counters.h"
#include "control/router/packet_pools.h"
#include "control/router/router_ports.h"
#include "control/router/worker_link.h"

namespace spillway {

/// ARP on every port, for all workers. Thread contract: control only.
class ArpService {
 public:
  ArpService(const RouterPorts& ports, std::span<const std::unique_ptr<WorkerLink>> links,
             const PacketPools& pools, ControlCounters& counters);

  /// Tells every link who we are, and looks for the gateways.
  void start(TimePoint now, const config::Config& config);
  /// Takes what workers have handed over; how much there was.
  std::size_t poll(TimePoint now);
  /// Call about every 50 ms.
  void tick(TimePoint now);

  const NeighbourCache& cache() const noexcept { return cache_; }

 private:
  void flush();
  void send(const ArpFrame& frame);

  const RouterPorts& ports_;
  std::span<const std::unique_ptr<WorkerLink>> links_;
  const PacketPools& pools_;
  ControlCounters& counters_;
  NeighbourCache cache_;
};

}  // namespace spillway
