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

  /// Lets go of the packets that `take(packet, at)` takes away, `at` being their place among the
  /// lookups; the others keep their order.
  template <typename Take>
  void give_away(Take&& take) noexcept {
    std::uint32_t kept = 0;
    for (std::uint32_t at = 0; at < lookups; ++at) {
      const std::uint8_t i = lookup_of[at];
      if (take(packets[i], at)) {
        parsed[i].kind = PacketKind::gone;
        continue;
      }
      lookup_of[kept] = i;
      keys[kept] = keys[at];
      hashes[kept] = hashes[at];
      refs[kept] = refs[at];
      ++kept;
    }
    lookups = kept;
  }
};

}  // namespace spillway
