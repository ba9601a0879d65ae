#pragma once
// Ethernet as the replay plays it: addresses of the router's ports and of everything around them.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/net/addr.h"
#include "dataplane/net/headers.h"
#include "dataplane/port_index.h"

namespace spillway::replay {

inline constexpr MacAddr kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
inline constexpr MacAddr kMulticastMac{{0x01, 0x00, 0x5e, 0x00, 0x00, 0x01}};

/// The station that has `address`: every host and gateway gets its own, locally administered.
inline MacAddr station(Ipv4Addr address) noexcept {
  MacAddr mac{{0x02, 0x48}};
  for (std::size_t i = 0; i < 4; ++i)
    mac.bytes[2 + i] = static_cast<std::uint8_t>(address.be >> (8 * i));
  return mac;
}

/// The router's own address on `port` unless the configuration names one.
inline MacAddr router_mac(PortIndex port) noexcept {
  return MacAddr{{0x02, 0x53, 0x57, 0, 0, static_cast<std::uint8_t>(index_of(port))}};
}

inline std::vector<std::uint8_t> build_ethernet(const MacAddr& dst, const MacAddr& src,
                                                std::uint16_t ethertype,
                                                std::span<const std::uint8_t> payload) {
  std::vector<std::uint8_t> frame(kEtherHeader + payload.size());
  std::copy(dst.bytes.begin(), dst.bytes.end(), frame.begin());
  std::copy(src.bytes.begin(), src.bytes.end(), frame.begin() + kEtherSrc);
  frame[kEtherTypeAt] = static_cast<std::uint8_t>(ethertype >> 8);
  frame[kEtherTypeAt + 1] = static_cast<std::uint8_t>(ethertype);
  std::copy(payload.begin(), payload.end(), frame.begin() + kEtherHeader);
  return frame;
}

}  // namespace spillway::replay
