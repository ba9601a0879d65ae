#include "dataplane/net/parser.h"

namespace spillway {
namespace parsing {

bool options_allowed(const std::uint8_t* header, std::size_t header_length) noexcept {
  for (std::size_t at = ipv4::options; at < header_length;) {
    const std::uint8_t type = header[at];
    if (type == ipv4::option_end) return true;
    if (type == ipv4::option_nop) {
      ++at;
      continue;
    }
    if (type == ipv4::option_lsrr || type == ipv4::option_ssrr) return false;
    const std::size_t option_length = at + 1 < header_length ? header[at + 1] : 0;
    if (option_length < 2 || at + option_length > header_length) return false;
    at += option_length;
  }
  return true;
}

void read_other(ParsedPacket& p, std::uint16_t type) noexcept {
  const bool tagged = type == ethertype::vlan || type == ethertype::qinq;
  if (type == ethertype::arp)
    p.kind = PacketKind::arp;
  else if (type == ethertype::ipv6)
    drop(p, DropReason::ipv6);
  else
    drop(p, tagged ? DropReason::vlan_tagged : DropReason::non_ip);
}

namespace {

// A query's identifier stands in the requester's port and the kind of query in the other, so that
// an echo and a timestamp with one identifier are two flows.
constexpr std::uint32_t query_ports(std::uint16_t requester, std::uint16_t query_kind,
                                    bool request) noexcept {
  return request ? requester | std::uint32_t{query_kind} << 16
                 : query_kind | std::uint32_t{requester} << 16;
}

}  // namespace

void read_icmp(ParsedPacket& p, const std::uint8_t* l4, std::size_t length) noexcept {
  if (length < icmp::header) {
    drop(p, DropReason::bad_l4_header);
    return;
  }
  const std::uint8_t type = l4[0];
  const std::uint16_t id = load<std::uint16_t>(l4 + icmp::id);
  switch (type) {
    case icmp::echo_request:
    case icmp::timestamp:
      p.ports = query_ports(id, type == icmp::timestamp ? 1 : 0, true);
      return;
    case icmp::echo_reply:
    case icmp::timestamp_reply:
      p.ports = query_ports(id, type == icmp::timestamp_reply ? 1 : 0, false);
      return;
    case icmp::unreachable:
    case icmp::time_exceeded:
    case icmp::parameter_problem:
      p.kind = PacketKind::icmp_error;
      return;
    default:
      drop(p, DropReason::icmp_unsupported);
  }
}

}  // namespace parsing

ParsedPacket parse_embedded(const std::uint8_t* embedded, std::size_t length) noexcept {
  ParsedPacket p;
  const auto refused = [&p](DropReason why) {
    parsing::drop(p, why);
    return p;
  };
  if (length < ipv4::min_header + 8) return refused(DropReason::bad_l4_header);
  const std::size_t header = (embedded[0] & 0x0fu) * 4u;
  if (embedded[0] >> 4 != 4 || header < ipv4::min_header || header + 8 > length)
    return refused(DropReason::bad_l4_header);
  // Only the first fragment has the ports.
  if ((swap16(load<std::uint16_t>(embedded + ipv4::fragment)) & 0x1fffu) != 0)
    return refused(DropReason::fragment);
  p.l4_offset = static_cast<std::uint16_t>(header);
  p.total_length = swap16(load<std::uint16_t>(embedded + ipv4::total_length));
  p.addresses = load<std::uint64_t>(embedded + ipv4::src);
  p.proto = static_cast<IpProto>(embedded[ipv4::protocol]);
  p.kind = PacketKind::flow;
  if (p.proto == IpProto::tcp || p.proto == IpProto::udp) {
    p.ports = load<std::uint32_t>(embedded + header);
  } else if (p.proto == IpProto::icmp) {
    parsing::read_icmp(p, embedded + header, icmp::header);
    // Errors are never about errors (RFC 1812 4.3.2.7).
    if (p.kind == PacketKind::icmp_error) return refused(DropReason::icmp_unmatched);
  }
  return p;
}

}  // namespace spillway
