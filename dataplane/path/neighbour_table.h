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
  std::uint32_t holders = 0;  ///< directions of connections, and packets that wait for it
};
static_assert(sizeof(NextHop) == 32);

/// The router's own Linux: there from the start, and never resolved, because packets for it leave
/// the fast path.
inline constexpr NextHopId kKernelHop{0};

/// An id stays valid while somebody holds it; when the table is full, hosts that nobody holds make
/// room. Thread contract: one worker.
class NeighbourTable {
 public:
  /// For at most `capacity` < 65,535 hosts.
  explicit NeighbourTable(std::size_t capacity);

  /// Tells the address and MTU of the router's own port; call before any neighbour on it.
  void set_port(PortIndex port, const MacAddr& own, std::uint16_t mtu) noexcept;

  NextHopId find(PortIndex port, Ipv4Addr address) const noexcept;
  /// The entry for `address` on `port`, made unresolved when new. None when the table is full, or
  /// half of it waits for answers: a scan of addresses must not push out the hosts there are.
  NextHopId find_or_add(PortIndex port, Ipv4Addr address) noexcept;
  /// The same for a host that has answered, or is known to be there.
  NextHopId find_or_add_host(PortIndex port, Ipv4Addr address) noexcept;

  void hold(NextHopId id) noexcept { ++hops_[static_cast<std::size_t>(id)].holders; }
  void release(NextHopId id) noexcept { --hops_[static_cast<std::size_t>(id)].holders; }

  void resolve(NextHopId id, const MacAddr& mac) noexcept;
  /// Its MAC address is no longer known.
  void lose(NextHopId id) noexcept;
  /// Whether to ask for `id` now: at most once a second. Remembers that it was asked for.
  bool ask(NextHopId id, Millis now) noexcept;

  const NextHop& operator[](NextHopId id) const noexcept {
    return hops_[static_cast<std::size_t>(id)];
  }
  std::size_t size() const noexcept { return used_; }

 private:
  struct PortFacts {
    MacAddr mac;
    std::uint16_t mtu = 0;
  };
  std::size_t home(PortIndex port, Ipv4Addr address) const noexcept;
  std::size_t slot_of(PortIndex port, Ipv4Addr address) const noexcept;
  NextHopId vacant() noexcept;
  void forget(std::size_t slot) noexcept;

  std::array<PortFacts, kMaxPorts> ports_{};
  std::vector<NextHop> hops_;     ///< all there can be; the first is the kernel's
  std::vector<NextHopId> slots_;  ///< open addressing, linear, a power of two
  std::size_t used_ = 1;          ///< of `hops_`: those behind were never used
  std::size_t hand_ = 1;          ///< where the search for a host that nobody holds goes on
  std::size_t unresolved_ = 0;
};

}  // namespace spillway
