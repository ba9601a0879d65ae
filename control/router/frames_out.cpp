#include "control/router/frames_out.h"

#include <rte_mbuf.h>

#include <algorithm>

namespace spillway {

rte_mbuf* make_packet(const PacketPools& pools, std::span<const std::uint8_t> bytes) noexcept {
  rte_mbuf* packet = rte_pktmbuf_alloc(pools.packets());
  if (packet == nullptr) return nullptr;
  char* room = rte_pktmbuf_append(packet, static_cast<std::uint16_t>(bytes.size()));
  if (room == nullptr) {
    rte_pktmbuf_free(packet);
    return nullptr;
  }
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(room));
  return packet;
}

bool transmit(WorkerLink& link, const PacketPools& pools, PortIndex port,
              std::span<const std::uint8_t> bytes, ControlCounters& counters) noexcept {
  rte_mbuf* packet = make_packet(pools, bytes);
  if (packet == nullptr) return false;
  packet->port = static_cast<std::uint16_t>(port);
  if (!link.transmit(packet)) {
    rte_pktmbuf_free(packet);
    return false;
  }
  ++counters.transmitted;
  return true;
}

}  // namespace spillway
