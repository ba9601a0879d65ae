#pragma once

#include <array>
#include <cstdint>

#include "dataplane/conn/connection_table.h"
#include "dataplane/net/parser.h"
#include "dataplane/port_index.h"

struct rte_mbuf;

namespace spillway {

/// Packets that came in together through one port, and what the stages found out about them.
/// Thread contract: one worker; reused for every burst.
struct Burst {
  PortIndex port = PortIndex::none;
  std::uint32_t size = 0;
  std::uint64_t bytes = 0;  ///< of all frames
  std::array<rte_mbuf*, kBurst> packets;
  std::array<ParsedPacket, kBurst> parsed;

  // Only packets with a 5-tuple are looked up; these arrays are dense.
  std::uint32_t lookups = 0;
  std::array<std::uint8_t, kBurst> lookup_of;  ///< position in `packets`
  std::array<FlowKey, kBurst> keys;
  std::array<std::uint32_t, kBurst> hashes;
  std::array<ConnRef, kBurst> refs;
};

}  // namespace spillway
