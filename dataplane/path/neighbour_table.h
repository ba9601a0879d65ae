#pragma once
// Where frames go on the link: one entry a host that is directly connected.

#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/clock.h"
#include "dataplane/conn/connection.h"
#include "dataplane/net/addr.h"
#include "dataplane/port_index.h"

namespace spillway {

/// What is written in front of a packet, ready made; never across two cache lines.
struct alignas(32) NextHop {
  std::array<std::uint8_t, 12> link{};  ///< destination and source MAC address
  Ipv4Addr address;
  std::uint16_t mtu = 0;  ///< bytes of IP packet that fit the egress port
  PortIndex port = PortIndex::none;
  bool resolved = false;
  bool asked = false;  ///< the control core has been told to find it
  Millis asked_at;
};

/// The router's own Linux: there from the start, and never resolved, because packets for it leave
/// the fast path.
inline constexpr NextHopId kKernelHop{0};

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
  /// Its MAC address is no longer known.
  void lose(NextHopId id) noexcept;
  /// Whether to ask for `id` now: at most once a second. Remembers that it was asked for.
  bool ask(NextHopId id, Millis now) noexcept;

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
