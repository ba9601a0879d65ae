#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

struct rte_mempool;

namespace spillway {

/// The router's packet buffers. Thread contract: made by control, used by all. Construction throws
/// std::runtime_error.
class PacketPools {
 public:
  struct Needs {
    std::uint32_t packets = 0;      ///< that queues, rings and waiting packets can hold
    std::size_t packet_room = 0;    ///< bytes
    std::uint32_t datagrams = 0;    ///< of these, from ports that bring datagrams whole
    std::size_t datagram_room = 0;  ///< bytes; 0: there are no such ports
  };

  explicit PacketPools(const Needs& needs);

  rte_mempool* packets() const noexcept { return packets_.get(); }
  /// For ports whose frames need `room` bytes.
  rte_mempool* for_room(std::size_t room) const noexcept;
  /// For fragments cut on the way out: their headers, and references to the bodies.
  rte_mempool* fragment_headers() const noexcept { return fragment_headers_.get(); }
  rte_mempool* fragment_bodies() const noexcept { return fragment_bodies_.get(); }
  /// Buffers that are not in the pools: none after all has been sent or dropped (R45).
  std::uint32_t in_use() const noexcept;

  static std::size_t memory_mib(const Needs& needs);

 private:
  struct Free {
    void operator()(rte_mempool* pool) const noexcept;
  };
  using Pool = std::unique_ptr<rte_mempool, Free>;

  std::size_t packet_room_;
  Pool packets_;
  Pool datagrams_;
  Pool fragment_headers_;
  Pool fragment_bodies_;
};

}  // namespace spillway
