#pragma once
// The few places where packets are mbufs rather than bytes.

#include <rte_mbuf.h>

#include <cstdint>
#include <cstring>

#include "dataplane/conn/flow_key.h"
#include "dataplane/net/parser.h"

namespace spillway {

inline std::uint8_t* frame_of(rte_mbuf* packet) noexcept {
  return rte_pktmbuf_mtod(packet, std::uint8_t*);
}
inline const std::uint8_t* frame_of(const rte_mbuf* packet) noexcept {
  return rte_pktmbuf_mtod(packet, const std::uint8_t*);
}

/// Headers that lie across buffers are joined, so that no later stage needs to ask (R25). False
/// when they cannot be.
inline bool headers_joined(rte_mbuf* packet) noexcept {
  const bool whole = packet->nb_segs == 1 || packet->data_len >= kParseWindow;
  return whole || rte_pktmbuf_linearize(packet) == 0;
}

/// The key under which a packet that came in by `zone` is looked up.
inline FlowKey key_of(const ParsedPacket& p, Zone zone) noexcept {
  // Two words from registers: narrow stores read back wide would stall on store forwarding.
  const std::uint64_t words[2] = {
      p.addresses, p.ports | std::uint64_t{static_cast<std::uint8_t>(p.proto)} << 32 |
                       std::uint64_t{static_cast<std::uint8_t>(zone)} << 40 |
                       std::uint64_t{static_cast<std::uint8_t>(Family::ipv4)} << 48};
  FlowKey key;
  std::memcpy(static_cast<void*>(&key), words, sizeof key);
  return key;
}

}  // namespace spillway
