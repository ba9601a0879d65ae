#pragma once
// What worker and control core tell each other beside packets: fixed-size records in rte_rings.

#include <cstdint>

#include "dataplane/net/addr.h"
#include "dataplane/path/connection_query.h"
#include "dataplane/port_index.h"

struct rte_ring;

namespace spillway {

/// Worker to control: packets wait for this host. Control to worker: what has become of it.
struct NeighbourNote {
  enum class Kind : std::uint8_t { wanted, known, lost };

  Ipv4Addr address;
  MacAddr mac;  ///< for `known`
  PortIndex port = PortIndex::none;
  Kind kind = Kind::wanted;
};
static_assert(sizeof(NeighbourNote) == 12);

/// Questions about connections in, rows out by a ring for each asker; null where nobody asks.
struct QueryRings {
  rte_ring* questions = nullptr;
  std::array<rte_ring*, kAskers> rows{};
};

/// The rings of one worker; any may be null where nobody is at the other end (replay, tests).
/// Single producer and single consumer each.
struct ControlRings {
  rte_ring* punt = nullptr;         ///< mbufs for Linux; mbuf.port is the PortIndex they came in by
  rte_ring* arp = nullptr;          ///< the same for ARP, which no flood of the others may displace
  rte_ring* wanted = nullptr;       ///< NeighbourNotes to the control core
  rte_ring* known = nullptr;        ///< NeighbourNotes to the worker
  rte_ring* orders = nullptr;       ///< ConnectionOrders to the worker
  rte_ring* from_kernel = nullptr;  ///< mbufs of the router's own Linux, to be routed
  rte_ring* transmit = nullptr;     ///< mbufs to be sent as they are; mbuf.port is the PortIndex
  QueryRings queries;
};

}  // namespace spillway
