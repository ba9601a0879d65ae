#pragma once
// What the router remembers of a connection.

#include <array>
#include <cstdint>

#include "dataplane/clock.h"
#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/direction.h"
#include "dataplane/conn/flow_key.h"
#include "dataplane/conn/mark.h"
#include "dataplane/conn/rewrite.h"
#include "dataplane/conn/tcp_tracker.h"
#include "dataplane/wan/uplink_id.h"
#include "dataplane/zone.h"

namespace spillway {

/// Index into a worker's neighbour table: where a direction's packets go next.
enum class NextHopId : std::uint16_t { none = 0xffff };

/// Index into a worker's connection table.
enum class ConnIndex : std::uint32_t { none = 0xffffffff };
constexpr std::size_t index_of(ConnIndex i) noexcept {
  return static_cast<std::size_t>(i);
}

/// The hot part: exactly the cache line that a packet of an established connection touches.
/// Neither key is stored: each is the other direction's result, turned round. Worker only.
struct alignas(64) Connection {
  std::array<Rewrite, 2> rewrite;  ///< by direction
  TcpProgress tcp;
  Millis last_seen;
  std::array<NextHopId, 2> next_hop{NextHopId::none, NextHopId::none};  ///< by direction
  ConnState state = ConnState::generic;
  TcpSeen tcp_seen;
  Mark mark = Mark::no_mark;
  UplinkId uplink = UplinkId::none;  ///< where it was placed, or came in
  IpProto proto{};
  std::array<Zone, 2> zone{Zone::lan, Zone::lan};  ///< where each direction's packets come in
  std::uint8_t ttl_step = 1;  ///< 0 when one end is the router itself (RFC 1812 5.3.1)

  FlowKey original_key() const noexcept {
    return reversed(rewrite[1].result(proto, zone[1]), zone[0]);
  }
  FlowKey reply_key() const noexcept {
    return reversed(rewrite[0].result(proto, zone[0]), zone[1]);
  }
  FlowKey key(Direction d) const noexcept {
    return d == Direction::original ? original_key() : reply_key();
  }
  bool expired(Millis now, const Timeouts& timeouts) const noexcept {
    return now.since(last_seen) > timeouts.of(state);
  }
};
static_assert(sizeof(Connection) == 64);

/// Place of a connection in the expiry wheel.
struct WheelLink {
  std::uint32_t next = 0xffffffff;
  std::uint32_t prev = 0xffffffff;
};

struct PacketBytes {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

/// The cold part, the line beside the hot one: the pair shares a DRAM row and is prefetched
/// together.
struct alignas(64) ConnectionDetail {
  WheelLink wheel;
  std::array<PacketBytes, 2> count;  ///< by direction; bytes of IP packets
  Millis created;
  std::uint32_t generation = 0;  ///< grows each time the slot is used again
};
static_assert(sizeof(ConnectionDetail) == 64);

struct alignas(128) ConnectionRecord {
  Connection hot;
  ConnectionDetail detail;
};
static_assert(sizeof(ConnectionRecord) == 128);

/// A connection ready to be inserted: both keys agree with both rewrites.
inline Connection make_connection(const FlowKey& original, const FlowKey& translated,
                                  Zone reply_zone) noexcept {
  Connection c;
  c.ttl_step = original.zone == Zone::kernel || reply_zone == Zone::kernel ? 0 : 1;
  c.rewrite[0] = Rewrite::between(original, translated, c.ttl_step);
  c.rewrite[1] = Rewrite::between(reversed(translated, reply_zone), reversed(original, reply_zone),
                                  c.ttl_step);
  c.proto = original.proto;
  c.zone = {original.zone, reply_zone};
  return c;
}

}  // namespace spillway
