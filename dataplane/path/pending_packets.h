#pragma once
// Packets that wait until their next hop's MAC address is known: few, so that nobody who scans
// addresses that do not answer holds many buffers.

#include <array>
#include <cstdint>

#include "dataplane/conn/connection.h"

struct rte_mbuf;

namespace spillway {

/// Thread contract: one worker.
class PendingPackets {
 public:
  static constexpr std::size_t kCapacity = 256;
  static constexpr std::size_t kPerHop = 8;

  /// False when there is no room for one more towards `hop`.
  bool push(NextHopId hop, rte_mbuf* packet) noexcept;
  /// Takes the oldest that waits for `hop`; null when none does.
  rte_mbuf* pop(NextHopId hop) noexcept;
  struct Waiting {
    NextHopId hop = NextHopId::none;
    rte_mbuf* packet = nullptr;
  };
  /// Takes the oldest of all; without a packet when there is none.
  Waiting pop_any() noexcept;
  std::size_t size() const noexcept { return size_; }

 private:
  Waiting take(std::size_t at) noexcept;

  std::array<Waiting, kCapacity> waiting_{};  ///< the first `size_`, in order of arrival
  std::size_t size_ = 0;
};

}  // namespace spillway
