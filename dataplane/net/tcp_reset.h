#pragma once
// A TCP segment that ends a connection at one of its ends (RFC 9293 3.10.7).

#include <cstddef>
#include <cstdint>

#include "dataplane/net/addr.h"

namespace spillway {

/// What a reset says; host order. It must carry exactly the sequence number that its receiver
/// expects next, or it is challenged (RFC 5961 3.2).
struct TcpReset {
  Ipv4Addr src;
  Ipv4Addr dst;
  L4Port src_port;
  L4Port dst_port;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
};

/// Bytes of the IPv4 packet that `write_tcp_reset` makes.
inline constexpr std::size_t kTcpResetLength = 40;

/// Writes the IPv4 packet at `at`, every checksum right. Thread contract: any.
void write_tcp_reset(std::uint8_t* at, const TcpReset& reset) noexcept;

}  // namespace spillway
