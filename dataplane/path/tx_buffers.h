#pragma once
// Packets waiting for the end of a burst, port by port.

#include <array>
#include <cstdint>
#include <span>

#include "dataplane/port_index.h"

struct rte_mbuf;

namespace spillway {

/// Thread contract: one worker. Large enough for what one burst can send to one port, so that
/// `push` needs no answer: the worker flushes after every burst, and who cuts packets into
/// fragments leaves room for a burst.
class TxBuffers {
 public:
  static constexpr std::size_t kCapacity = 256;

  void push(PortIndex port, rte_mbuf* packet) noexcept {
    Queue& q = queues_[index_of(port)];
    q.packets[q.count++] = packet;
  }
  std::span<rte_mbuf*> pending(PortIndex port) noexcept {
    Queue& q = queues_[index_of(port)];
    return {q.packets.data(), q.count};
  }
  void clear(PortIndex port) noexcept { queues_[index_of(port)].count = 0; }
  std::size_t held() const noexcept {
    std::size_t n = 0;
    for (const Queue& q : queues_) n += q.count;
    return n;
  }

 private:
  struct Queue {
    std::uint32_t count = 0;
    std::array<rte_mbuf*, kCapacity> packets;
  };
  std::array<Queue, kMaxPorts> queues_{};
};

}  // namespace spillway
