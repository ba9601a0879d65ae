#pragma once
// Frames of the control core on their way to a worker.

#include <cstdint>
#include <span>

#include "control/router/control_counters.h"
#include "control/router/packet_pools.h"
#include "control/router/worker_link.h"
#include "dataplane/port_index.h"

struct rte_mbuf;

namespace spillway {

/// A buffer with these bytes; null when there is none left, or they do not fit one.
rte_mbuf* make_packet(const PacketPools& pools, std::span<const std::uint8_t> bytes) noexcept;

/// Has `bytes` sent by `port` as they are. False, and counted as dropped nowhere, when there is no
/// buffer or room. Thread contract: control only.
bool transmit(WorkerLink& link, const PacketPools& pools, PortIndex port,
              std::span<const std::uint8_t> bytes, ControlCounters& counters) noexcept;

}  // namespace spillway
