#pragma once
// The few places where packets are mbufs rather than bytes.

#include <rte_mbuf.h>

#include <cstdint>

namespace spillway {

inline std::uint8_t* frame_of(rte_mbuf* packet) noexcept {
  return rte_pktmbuf_mtod(packet, std::uint8_t*);
}
inline const std::uint8_t* frame_of(const rte_mbuf* packet) noexcept {
  return rte_pktmbuf_mtod(packet, const std::uint8_t*);
}

}  // namespace spillway
