#pragma once
// Questions of the control core about connections, and a worker's answers: fixed-size records in
// rings. Only the worker reads its table; it answers a few places at a time between bursts.

#include <cstdint>

#include "dataplane/conn/connection.h"
#include "dataplane/conn/flow_key.h"

namespace spillway {

/// Which connections are meant: every part that is set must fit. Thread contract: value type.
struct ConnectionFilter {
  Ipv4Prefix source;              ///< of the opener, as it came in
  Ipv4Prefix destination;         ///< that the opener named
  Ipv4Prefix either;              ///< of any end on any side, translated or not
  std::uint16_t source_port = 0;  ///< host order, also an ICMP identifier; 0: any
  std::uint16_t destination_port = 0;
  std::uint16_t either_port = 0;
  std::uint16_t uplinks = 0;  ///< bits of an UplinkSet; 0: any, or none
  std::uint16_t states = 0;   ///< a bit for each ConnState; 0: any
  std::uint8_t marks = 0;     ///< a bit for each Mark; 0: any
  std::uint8_t proto = 0;     ///< 0: any

  bool matches(const Connection& c) const noexcept;
};

/// How many questions a worker answers side by side, so that an asker who does not read holds up
/// nobody but himself.
inline constexpr std::size_t kAskers = 4;

/// A question; `serial` comes back in each row. It takes the place of the asker's last one.
struct ConnectionQuery {
  enum class Kind : std::uint8_t {
    list,   ///< all that fit the filter
    count,  ///< how many
    find,   ///< the one that packets with `key` belong to
    stop,   ///< no more rows: whoever asked has gone
    clear,  ///< all that fit end, TCP with a reset on our side; how many
  };

  FlowKey key;
  ConnectionFilter filter;
  std::uint32_t serial = 0;
  Kind kind = Kind::list;
  std::uint8_t asker = 0;  ///< below kAskers: whose ring the rows go to
};

/// A connection as it was when the worker came by, or the end of the answer.
struct ConnectionRow {
  FlowKey original;
  FlowKey reply;
  std::array<PacketBytes, 2> count;  ///< by direction
  std::uint64_t matched = 0;         ///< of the end: how many connections fitted
  std::uint32_t serial = 0;
  std::uint32_t age_ms = 0;
  std::uint32_t idle_ms = 0;
  std::uint32_t left_ms = 0;  ///< until it times out
  ConnState state = ConnState::generic;
  Mark mark = Mark::no_mark;
  UplinkId uplink = UplinkId::none;
  bool end = false;
};

}  // namespace spillway
