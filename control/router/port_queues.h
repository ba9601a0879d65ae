#pragma once
// Which worker receives from and sends to which queue of a port.

#include <cstdint>

#include "dataplane/path/worker.h"

namespace spillway {

/// How one device's queues are shared. A card that sorts has a queue for each worker; any other has
/// one queue, and its worker receives and sends for all: what spreads packets by a rule of its own
/// would let them overtake each other on their way to their owner. Pure. Thread contract: value
/// type.
struct PortQueues {
  std::uint16_t queues = 1;  ///< to receive and to send by
  bool sorted = false;       ///< each queue gets its worker's own connections
  unsigned first = 0;        ///< the worker of queue 0; the others follow

  /// For the `device`-th device of a router with `workers` workers; `sortable` says how many queues
  /// its card could fill by our keys, 0: none.
  static PortQueues plan(unsigned device, unsigned workers, std::uint16_t sortable) noexcept;

  /// The queue by which `worker` of `workers` receives and sends, or kNoQueue.
  std::uint16_t queue_of(unsigned worker, unsigned workers) const noexcept;
  /// Who sends for a worker without a queue.
  unsigned sender_for(unsigned worker, unsigned workers) const noexcept;
  /// Who receives by `queue`.
  unsigned worker_of(std::uint16_t queue, unsigned workers) const noexcept {
    return (first + queue) % workers;
  }
  /// The queue that gets what belongs to `owner`.
  std::uint16_t queue_for_owner(unsigned owner, unsigned workers) const noexcept;
};

}  // namespace spillway
