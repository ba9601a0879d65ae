#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct rte_mempool;

namespace spillway {

/// The router's packet buffers: on each NUMA node that has workers those of its workers, in
/// proportion to their number. A buffer that travels to another worker comes back to its own pool.
/// Thread contract: made by control, used by all. Construction throws std::runtime_error.
class PacketPools {
 public:
  struct Needs {
    std::uint32_t packets = 0;      ///< that queues, rings and waiting packets can hold
    std::size_t packet_room = 0;    ///< bytes
    std::uint32_t datagrams = 0;    ///< of these, from ports that bring datagrams whole
    std::size_t datagram_room = 0;  ///< bytes; 0: there are no such ports
  };

  /// `nodes` of the workers, in their order.
  PacketPools(const Needs& needs, const std::vector<int>& nodes);

  /// Near to a worker; the control core's are those of the first.
  rte_mempool* packets(unsigned worker = 0) const noexcept { return of(worker).packets.get(); }
  /// For ports whose frames need `room` bytes.
  rte_mempool* for_room(std::size_t room, unsigned worker) const noexcept;
  /// For fragments cut on the way out: their headers, and references to the bodies.
  rte_mempool* fragment_headers(unsigned worker) const noexcept {
    return of(worker).fragment_headers.get();
  }
  rte_mempool* fragment_bodies(unsigned worker) const noexcept {
    return of(worker).fragment_bodies.get();
  }
  /// Buffers that are not in the pools: none after all has been sent or dropped (R45).
  std::uint32_t in_use() const noexcept;
  std::uint32_t size() const noexcept;

  static std::size_t memory_mib(const Needs& needs);

 private:
  struct Free {
    void operator()(rte_mempool* pool) const noexcept;
  };
  using Pool = std::unique_ptr<rte_mempool, Free>;
  struct OfNode {
    Pool packets;
    Pool datagrams;
    Pool fragment_headers;
    Pool fragment_bodies;
  };

  static OfNode make(const Needs& needs, int node, const std::string& suffix, std::size_t workers,
                     std::size_t of_all);
  /// What `count` says of each pool, over all.
  template <typename Count>
  std::uint32_t sum(Count&& count) const noexcept;
  const OfNode& of(unsigned worker) const noexcept {
    return worker < place_.size() ? pools_[place_[worker]] : pools_.front();
  }

  std::size_t packet_room_;
  std::vector<OfNode> pools_;
  std::vector<std::size_t> place_;  ///< in `pools_`, by worker
};

}  // namespace spillway
