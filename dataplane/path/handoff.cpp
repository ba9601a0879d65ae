#include "dataplane/path/handoff.h"

#include <rte_mbuf.h>
#include <rte_ring.h>

#include <algorithm>

namespace spillway {
namespace {

/// What mbuf.port says beside the port while a packet is under way.
constexpr std::uint16_t kToBeSent = 0x100;

std::uint16_t label(PortIndex port) noexcept {
  return static_cast<std::uint16_t>(port);
}

}  // namespace

Handoff::Handoff(std::vector<rte_ring*> to, std::vector<rte_ring*> from)
    : outboxes_(to.size()), from_(std::move(from)) {
  for (std::size_t i = 0; i < to.size(); ++i) outboxes_[i].ring = to[i];
  std::erase(from_, nullptr);
}

void Handoff::give(unsigned worker, rte_mbuf* packet, PortIndex port) noexcept {
  packet->port = label(port);
  Outbox& outbox = outboxes_[worker];
  outbox.packets[outbox.count++] = packet;
  waiting_ |= std::uint64_t{1} << worker;
}

std::uint32_t Handoff::send(unsigned worker, std::span<rte_mbuf*> packets,
                            PortIndex port) noexcept {
  for (rte_mbuf* packet : packets)
    packet->port = static_cast<std::uint16_t>(label(port) | kToBeSent);
  return pass(outboxes_[worker].ring, packets);
}

std::uint32_t Handoff::pass(rte_ring* ring, std::span<rte_mbuf*> packets) noexcept {
  return rte_ring_sp_enqueue_burst(ring, reinterpret_cast<void**>(packets.data()),
                                   static_cast<unsigned>(packets.size()), nullptr);
}

std::span<rte_mbuf*> Handoff::take_from(rte_ring* ring) noexcept {
  const unsigned n = rte_ring_sc_dequeue_burst(ring, reinterpret_cast<void**>(taken_.data()),
                                               static_cast<unsigned>(taken_.size()), nullptr);
  return std::span(taken_).first(n);
}

Handoff::Taken Handoff::same_in_a_row(std::span<rte_mbuf*> packets) noexcept {
  const std::uint16_t first = packets.front()->port;
  const auto other = std::find_if(packets.begin(), packets.end(),
                                  [first](const rte_mbuf* p) { return p->port != first; });
  return {packets.first(static_cast<std::size_t>(other - packets.begin())),
          static_cast<PortIndex>(first & (kToBeSent - 1u)), (first & kToBeSent) != 0};
}

}  // namespace spillway
