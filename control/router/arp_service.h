#pragma once

#include <functional>
#include <span>
#include <vector>

#include "control/events/event_log.h"
#include "control/neighbours/neighbour_cache.h"
#include "control/router/control_counters.h"
#include "control/router/packet_pools.h"
#include "control/router/router_ports.h"
#include "control/router/worker_link.h"

namespace spillway {

/// ARP on every port, for all workers. Thread contract: control only.
class ArpService {
 public:
  /// Hears of every well-formed ARP packet.
  using Listener = std::function<void(TimePoint, PortIndex, const ArpPacket&)>;

  ArpService(const RouterPorts& ports, std::span<const std::unique_ptr<WorkerLink>> links,
             const PacketPools& pools, ControlCounters& counters, EventLog& events);

  void listen(Listener listener) { listener_ = std::move(listener); }

  /// Tells every link who we are, and looks for the gateways.
  void start(TimePoint now, const config::Config& config);
  /// Takes what workers have handed over; how much there was.
  std::size_t poll(TimePoint now);
  /// Call about every 50 ms.
  void tick(TimePoint now);

  const NeighbourCache& cache() const noexcept { return cache_; }

 private:
  void hear(TimePoint now, const rte_mbuf* packet);
  void flush(TimePoint now);
  void send(const ArpFrame& frame);

  const RouterPorts& ports_;
  std::span<const std::unique_ptr<WorkerLink>> links_;
  const PacketPools& pools_;
  ControlCounters& counters_;
  EventLog& events_;
  Listener listener_;
  NeighbourCache cache_;
};

}  // namespace spillway
