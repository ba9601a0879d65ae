#pragma once
// What a translation does to a packet of one direction, computed once per connection: the new
// 5-tuple as it is stored, and how the checksums follow (RFC 1624).

#include <cstdint>

#include "dataplane/conn/flow_key.h"
#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway {

/// 16 bytes, two of them in a Connection's cache line. Thread contract: worker only.
struct Rewrite {
  std::uint64_t addresses = 0;  ///< new source and destination, as they lie in the packet
  std::uint32_t ports = 0;      ///< new ports, as in FlowKey (ICMP: identifier and kind of query)
  ChecksumDelta header;         ///< of the IPv4 header, TTL step included
  ChecksumDelta transport;      ///< of TCP, UDP or ICMP

  /// From packets that carry `from` to packets that carry `to`; the TTL falls by `ttl_step`, 0
  /// or 1.
  static Rewrite between(const FlowKey& from, const FlowKey& to,
                         std::uint8_t ttl_step = 1) noexcept;
  /// The 5-tuple that packets carry after this rewrite.
  FlowKey result(IpProto proto, Zone zone) const noexcept;
};
static_assert(sizeof(Rewrite) == 16);

/// Rewrites addresses, ports, checksums and TTL of the IPv4 packet at `packet`, whose lengths the
/// parser has checked and whose TTL is above `ttl_step`.
inline void apply(const Rewrite& rewrite, std::uint8_t* packet, std::size_t l4_offset,
                  IpProto proto, std::uint8_t ttl_step = 1) noexcept {
  std::uint8_t* l4 = packet + l4_offset;
  packet[ipv4::ttl] = static_cast<std::uint8_t>(packet[ipv4::ttl] - ttl_step);
  store(packet + ipv4::checksum,
        rewrite.header.apply(load<std::uint16_t>(packet + ipv4::checksum)));
  store(packet + ipv4::src, rewrite.addresses);
  if (proto == IpProto::tcp) {
    store(l4, rewrite.ports);
    store(l4 + tcp::checksum, rewrite.transport.apply(load<std::uint16_t>(l4 + tcp::checksum)));
  } else if (proto == IpProto::udp) {
    store(l4, rewrite.ports);
    store(l4 + udp::checksum, rewrite.transport.apply_udp(load<std::uint16_t>(l4 + udp::checksum)));
  } else if (proto == IpProto::icmp) {
    const auto id =
        static_cast<std::uint16_t>(is_icmp_request(l4[0]) ? rewrite.ports : rewrite.ports >> 16);
    store(l4 + icmp::id, id);
    store(l4 + icmp::checksum, rewrite.transport.apply(load<std::uint16_t>(l4 + icmp::checksum)));
  }
}

}  // namespace spillway
