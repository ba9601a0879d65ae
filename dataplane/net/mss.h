#pragma once
// MSS clamping (R17): a SYN's maximum segment size is lowered to what the path's links can carry,
// for paths where ICMP errors get lost (RFC 2923 2.1).

#include <cstddef>
#include <cstdint>

namespace spillway {

/// Bytes of IPv4 and TCP header without options (RFC 9293 3.7.1).
inline constexpr std::uint16_t kMssHeaders = 40;

/// Lowers the MSS option of the SYN whose TCP header of `header_length` bytes starts at `tcp` to
/// `most`, its checksum follows. A SYN without the option stays as it is. Returns whether it
/// changed. Thread contract: any.
bool clamp_mss(std::uint8_t* tcp, std::size_t header_length, std::uint16_t most) noexcept;

}  // namespace spillway
