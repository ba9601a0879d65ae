#pragma once
// ICMP errors that the router itself sends (RFC 792, RFC 1812 4.3).

#include <cstddef>
#include <cstdint>

#include "dataplane/net/addr.h"

namespace spillway {

/// What went wrong with a packet.
struct IcmpCause {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t next_hop_mtu = 0;  ///< bytes; fragmentation needed only (RFC 1191)
};
inline constexpr IcmpCause kTtlExceeded{11, 0, 0};
inline constexpr IcmpCause kNetUnreachable{3, 0, 0};
inline constexpr IcmpCause kProhibited{3, 13, 0};
constexpr IcmpCause fragmentation_needed(std::uint16_t mtu) noexcept {
  return {3, 4, mtu};
}

/// Bytes of IPv4 and ICMP header in front of the packet that an error embeds.
inline constexpr std::size_t kIcmpErrorHeaders = 28;
/// Bytes of that packet at most, so that the error fits the 576 that every host takes
/// (RFC 1812 4.3.2.3).
inline constexpr std::size_t kIcmpErrorEmbeds = 548;

/// Writes both headers at `at`; `embedded` bytes of the packet that it is about follow them
/// already. Thread contract: any.
void write_icmp_error(std::uint8_t* at, std::size_t embedded, const IcmpCause& cause, Ipv4Addr from,
                      Ipv4Addr to) noexcept;

/// Whether an error about a packet from `src` to `dst` may be sent at all (RFC 1812 4.3.2.7): never
/// to or about a group.
bool may_be_told(Ipv4Addr src, Ipv4Addr dst) noexcept;

}  // namespace spillway
