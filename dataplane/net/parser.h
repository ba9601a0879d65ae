#pragma once
// From the bytes of a frame to its 5-tuple: every length is checked here once, so that later
// stages can load without looking.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "dataplane/drop_reason.h"
#include "dataplane/net/addr.h"
#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"
#include "dataplane/net/ip_proto.h"

namespace spillway {

enum class PacketKind : std::uint8_t {
  flow,        ///< has a 5-tuple: look it up
  icmp_error,  ///< about another packet: the embedded one is looked up
  arp,
  fragment,  ///< of an IPv4 packet: to be put together first
  drop,
  gone,  ///< to another worker, before it was looked up
};

/// What an IPv4 packet says of itself. The 5-tuple is kept as the words that lie in the packet, so
/// that a key is built in registers: addresses = source, destination; ports = source, destination,
/// with ICMP identifiers in the requester's place and zero for protocols without ports.
struct ParsedPacket {
  std::uint64_t addresses = 0;
  std::uint32_t ports = 0;
  std::uint16_t l4_offset = 0;     ///< from the start of the IPv4 header
  std::uint16_t total_length = 0;  ///< of the IPv4 packet, bytes, host order
  IpProto proto{};
  std::uint8_t tcp_flags = 0;
  PacketKind kind = PacketKind::drop;
  DropReason reason = DropReason::runt_frame;  ///< valid for kinds `drop`, `fragment`

  Ipv4Addr src() const noexcept { return Ipv4Addr{static_cast<std::uint32_t>(addresses)}; }
  Ipv4Addr dst() const noexcept { return Ipv4Addr{static_cast<std::uint32_t>(addresses >> 32)}; }
};

/// Bytes from the start of a frame that must lie in one buffer: Ethernet, the longest IPv4 header,
/// and the longest of what follows (an ICMP error that embeds a longest header).
inline constexpr std::size_t kParseWindow = 14 + 60 + 8 + 60 + 8;

namespace parsing {

/// Marks `p` dropped.
inline void drop(ParsedPacket& p, DropReason why) noexcept {
  p.kind = PacketKind::drop;
  p.reason = why;
}

/// What is not IPv4; `type` is the EtherType, host order.
void read_other(ParsedPacket& p, std::uint16_t type) noexcept;

/// False when the options hold a source route (to be dropped) or run over the header.
bool options_allowed(const std::uint8_t* header, std::size_t header_length) noexcept;

/// ICMP at `l4`: sets kind and ports. `length` bytes of ICMP.
void read_icmp(ParsedPacket& p, const std::uint8_t* l4, std::size_t length) noexcept;

/// Transport header of `length` bytes at `l4`: sets kind, ports and flags.
inline void read_transport(ParsedPacket& p, const std::uint8_t* l4, std::size_t length) noexcept {
  p.kind = PacketKind::flow;
  if (p.proto == IpProto::tcp) {
    if (length < tcp::min_header) [[unlikely]] {
      drop(p, DropReason::bad_l4_header);
      return;
    }
    const std::size_t header = std::size_t{l4[tcp::data_offset]} >> 4 << 2;
    p.ports = load<std::uint32_t>(l4);
    p.tcp_flags = l4[tcp::flags];
    if (header < tcp::min_header || header > length) [[unlikely]]
      drop(p, DropReason::bad_l4_header);
  } else if (p.proto == IpProto::udp) {
    if (length < udp::header) [[unlikely]] {
      drop(p, DropReason::bad_l4_header);
      return;
    }
    const std::size_t said = swap16(load<std::uint16_t>(l4 + udp::length));
    p.ports = load<std::uint32_t>(l4);
    if (said < udp::header || said > length) [[unlikely]]
      drop(p, DropReason::bad_l4_header);
  } else if (p.proto == IpProto::icmp) {
    read_icmp(p, l4, length);
  } else if (p.proto == IpProto::dccp || p.proto == IpProto::udp_lite) {
    drop(p, DropReason::unsupported_protocol);
  }
}

}  // namespace parsing

/// Parses `length` bytes from an IPv4 header on, of which the first min(length, kParseWindow - 14)
/// are readable. Structure and header checksum are judged for every packet (RFC 1812 5.2.2);
/// addresses are judged only for packets of no connection, because no connection is ever made with
/// bad ones. Trailing link-layer padding is allowed. Thread contract: any.
///
/// Written in place: a result built on the stack in bytes and copied in words would stall on store
/// forwarding.
inline void read_ipv4(ParsedPacket& p, const std::uint8_t* packet, std::size_t length) noexcept {
  using parsing::drop;
  p = ParsedPacket{};
  if (length < ipv4::min_header) [[unlikely]] {
    drop(p, DropReason::truncated);
    return;
  }
  const std::size_t header = (packet[0] & 0x0fu) * 4u;
  const std::uint16_t total_length = swap16(load<std::uint16_t>(packet + ipv4::total_length));
  p.total_length = total_length;
  p.l4_offset = static_cast<std::uint16_t>(header);
  p.addresses = load<std::uint64_t>(packet + ipv4::src);
  p.proto = static_cast<IpProto>(packet[ipv4::protocol]);
  if (packet[0] >> 4 != 4 || header < ipv4::min_header || total_length < header) [[unlikely]]
    drop(p, DropReason::bad_ip_header);
  else if (total_length > length) [[unlikely]]
    drop(p, DropReason::truncated);
  else if (!header_checksum_ok(packet, header / 4)) [[unlikely]]
    drop(p, DropReason::bad_ip_checksum);
  else if (header > ipv4::min_header && !parsing::options_allowed(packet, header)) [[unlikely]]
    drop(p, DropReason::ip_option);
  else if ((load<std::uint16_t>(packet + ipv4::fragment) & ipv4::fragment_mask_be) != 0)
      [[unlikely]] {
    p.kind = PacketKind::fragment;
    p.reason = DropReason::fragment;
  } else
    parsing::read_transport(p, packet + header, total_length - header);
}

/// Parses a frame of `length` bytes that came in at a port whose address is `own`.
inline void read_frame(ParsedPacket& p, const std::uint8_t* frame, std::size_t length,
                       const MacAddr& own) noexcept {
  using parsing::drop;
  const bool whole = length >= kEtherHeader;
  const bool group = whole && (frame[0] & 1u) != 0;
  if (!whole || (!group && std::memcmp(frame, own.bytes.data(), own.bytes.size()) != 0))
      [[unlikely]] {
    p = ParsedPacket{};
    drop(p, whole ? DropReason::not_for_us : DropReason::runt_frame);
    return;
  }
  const std::uint16_t type = swap16(load<std::uint16_t>(frame + kEtherTypeAt));
  if (type != ethertype::ipv4) [[unlikely]] {
    p = ParsedPacket{};
    parsing::read_other(p, type);
    return;
  }
  read_ipv4(p, frame + kEtherHeader, length - kEtherHeader);
  // A group frame is for every station: forwarding it would multiply it (RFC 1812 5.3.4, 5.3.5).
  if (group && p.kind != PacketKind::drop) [[unlikely]]
    drop(p, p.dst().host() >> 28 == 14 ? DropReason::multicast : DropReason::broadcast);
}

/// The same for who has one packet to look at.
inline ParsedPacket parse_ipv4(const std::uint8_t* packet, std::size_t length) noexcept {
  ParsedPacket p;
  read_ipv4(p, packet, length);
  return p;
}
inline ParsedPacket parse_frame(const std::uint8_t* frame, std::size_t length,
                                const MacAddr& own) noexcept {
  ParsedPacket p;
  read_frame(p, frame, length, own);
  return p;
}

/// The packet that an ICMP error carries: at `embedded`, `length` bytes of it readable. It may be
/// cut 8 bytes into its payload, and its checksum is not judged (RFC 5508 REQ-3b). The kind is
/// `flow` when the 5-tuple could be read. Thread contract: any.
ParsedPacket parse_embedded(const std::uint8_t* embedded, std::size_t length) noexcept;

}  // namespace spillway
