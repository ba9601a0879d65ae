#pragma once
// The rings between the control core and one worker.

#include <rte_ring.h>

#include <array>
#include <memory>
#include <span>
#include <string>

#include "control/machine.h"
#include "dataplane/path/connection_order.h"
#include "dataplane/path/control_ring.h"

struct rte_mbuf;

namespace spillway {

/// The control core's end; every ring has one producer and one consumer. Thread contract: control
/// only, but for `ends`, which the worker uses. Construction throws std::runtime_error.
class WorkerLink {
 public:
  /// Its rings lie on the memory of `node`.
  explicit WorkerLink(unsigned worker, int node = kAnyNode);
  ~WorkerLink();
  WorkerLink(const WorkerLink&) = delete;
  WorkerLink& operator=(const WorkerLink&) = delete;

  ControlRings ends() const noexcept;

  /// What the worker has handed over: up to `room.size()` packets; how many.
  std::size_t take_arp(std::span<rte_mbuf*> room) noexcept;
  std::size_t take_punted(std::span<rte_mbuf*> room) noexcept;
  /// False when there is none.
  bool take_wanted(NeighbourNote& note) noexcept;

  /// False when the ring is full; the packet stays the caller's then.
  bool route(rte_mbuf* packet) noexcept;
  bool transmit(rte_mbuf* packet) noexcept;
  bool tell(const NeighbourNote& note) noexcept;
  bool order(const ConnectionOrder& order) noexcept;
  bool ask(const ConnectionQuery& query) noexcept;

  /// The next row for this asker; false when there is none.
  bool take_row(std::size_t asker, ConnectionRow& row) noexcept;

  /// Packets under way in either direction.
  struct UnderWay {
    std::uint64_t punted = 0;
    std::uint64_t routed = 0;
    std::uint64_t transmitted = 0;
    std::uint64_t handed_over = 0;  ///< between workers
  };
  UnderWay under_way() const noexcept;

 private:
  struct Free {
    void operator()(rte_ring* ring) const noexcept { rte_ring_free(ring); }
  };
  using Ring = std::unique_ptr<rte_ring, Free>;

  Ring punt_;
  Ring arp_;
  Ring wanted_;
  Ring known_;
  Ring orders_;
  Ring from_kernel_;
  Ring transmit_;
  Ring questions_;
  std::array<Ring, kAskers> rows_;
};

}  // namespace spillway
