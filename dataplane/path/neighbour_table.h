#pragma once
// Where frames go on the link: one entry a host that is directly connected.

#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/conn/connection.h"
#include "dataplane/net/addr.h"
#include "dataplane/port_index.h"

namespace spillway {

/// What is written in front of a packet, ready made.
struct NextHop {
  std::array<std::uint8_t, 12> link{};  ///< destination and source MAC address
  Ipv4Addr address;
  std::uint16_t mtu = 0;  ///< bytes of IP packet that fit the egress port
  PortIndex port = PortIndex::none;
  bool resolved = false;
};

/// Ids stay valid for the table's life. Thread contract: one worker.
class NeighbourTable {
 public:
  /// For at most `capacity` <= 65,535 hosts.
  explicit NeighbourTable(std::size_t capacity);

  /// Tells the address and MTU of the router's own port; call before any neighbour on it.
  void set_port(PortIndex port, const MacAddr& own, std::uint16_t mtu) noexcept;

  /// The entry for `address` on `port`, made unresolved when new; none when the table is full.
  NextHopId find_or_add(PortIndex port, Ipv4Addr address) noexcept;
  void resolve(NextHopId id, const MacAddr& mac) noexcept;

  const NextHop& operator[](NextHopId id) const noexcept {
    return hops_[static_cast<std::size_t>(id)];
  }

 private:
  struct PortFacts {
    MacAddr mac;
    std::uint16_t mtu = 0;
  };
  std::size_t probe_start(PortIndex port, Ipv4Addr address) const noexcept;

  std::array<PortFacts, kMaxPorts> ports_{};
  std::vector<NextHop> hops_;     ///< grows up to its reserved capacity
  std::vector<NextHopId> slots_;  ///< open addressing, linear, a power of two
  std::size_t capacity_;
};

}  // namespace spillway
