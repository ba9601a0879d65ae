#pragma once
// Builds frames for tests and benchmarks: a description in, correct bytes out.

#include <cstdint>
#include <vector>

#include "dataplane/conn/flow_key.h"
#include "dataplane/net/addr.h"

namespace spillway::test {

/// Everything has a sensible default; ports of ICMP are type and identifier.
struct FrameSpec {
  MacAddr dst_mac{{2, 0, 0, 0, 0, 1}};
  MacAddr src_mac{{2, 0, 0, 0, 0, 99}};
  Ipv4Addr src = Ipv4Addr::of(192, 168, 22, 10);
  Ipv4Addr dst = Ipv4Addr::of(8, 8, 8, 8);
  IpProto proto = IpProto::udp;
  std::uint16_t src_port = 40000;
  std::uint16_t dst_port = 53;
  std::uint8_t ttl = 64;
  std::uint8_t tcp_flags = 0x02;
  std::uint32_t seq = 1000;
  std::uint32_t ack = 0;
  std::uint8_t icmp_type = 8;
  std::uint16_t icmp_id = 7;
  std::vector<std::uint8_t> ip_options;   ///< a multiple of four bytes
  std::vector<std::uint8_t> tcp_options;  ///< the same
  std::vector<std::uint8_t> payload;
  std::uint16_t ip_id = 0x1234;
  std::uint16_t fragment = 0;  ///< flags and offset, host order
  bool udp_checksum = true;
};

/// A whole Ethernet frame with right checksums.
std::vector<std::uint8_t> build_frame(const FrameSpec& spec);

/// Completes an ICMP error about `embedded` (an IPv4 packet), sent from `src` to `dst`.
std::vector<std::uint8_t> build_icmp_error(const FrameSpec& outer, std::uint8_t type,
                                           std::uint8_t code,
                                           const std::vector<std::uint8_t>& embedded);

/// Recomputes both checksums of an IPv4 packet from scratch and compares (RFC 1071); a UDP
/// checksum of 0 is right. Fragments are judged by their header alone.
bool checksums_right(const std::uint8_t* packet, std::size_t length);

}  // namespace spillway::test
