#include "control/replay/engine/readdress.h"

#include <algorithm>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway::replay {
namespace {

ChecksumDelta between(Ipv4Addr src, Ipv4Addr dst, Ipv4Addr new_src, Ipv4Addr new_dst) noexcept {
  return ChecksumDelta{}.replace(src, new_src).replace(dst, new_dst);
}

/// Checksum field of the transport of `proto`, from the start of the transport header.
std::size_t checksum_field(IpProto proto) noexcept {
  switch (proto) {
    case IpProto::tcp:
      return tcp::checksum;
    case IpProto::udp:
      return udp::checksum;
    case IpProto::icmp:
      return icmp::checksum;
    default:
      return 0;
  }
}

void adjust(std::uint8_t* field, IpProto proto, ChecksumDelta delta) noexcept {
  const auto before = load<std::uint16_t>(field);
  store(field, proto == IpProto::udp ? delta.apply_udp(before) : delta.apply(before));
}

/// Writes ports or identifier at `l4`; returns what that changes.
ChecksumDelta write_ports(std::uint8_t* l4, IpProto proto, const FlowKey& tuple) noexcept {
  ChecksumDelta delta;
  if (proto == IpProto::tcp || proto == IpProto::udp) {
    delta.replace(load<std::uint16_t>(l4), tuple.src_port.be);
    delta.replace(load<std::uint16_t>(l4 + 2), tuple.dst_port.be);
    store(l4, tuple.src_port.be);
    store(l4 + 2, tuple.dst_port.be);
  } else if (proto == IpProto::icmp) {
    const L4Port id = is_icmp_request(l4[0]) ? tuple.src_port : tuple.dst_port;
    delta.replace(load<std::uint16_t>(l4 + icmp::id), id.be);
    store(l4 + icmp::id, id.be);
  }
  return delta;
}

/// 0 for a sum that is right; the two zeros of one's complement count as one.
constexpr std::uint16_t residual(std::uint64_t sum) noexcept {
  return static_cast<std::uint16_t>(0xffff - fold(sum)) == 0xffff
             ? std::uint16_t{0}
             : static_cast<std::uint16_t>(0xffff - fold(sum));
}

}  // namespace

Ipv4Addr source_of(ConstIpv4Bytes packet) noexcept {
  return Ipv4Addr{load<std::uint32_t>(packet.data() + ipv4::src)};
}
Ipv4Addr destination_of(ConstIpv4Bytes packet) noexcept {
  return Ipv4Addr{load<std::uint32_t>(packet.data() + ipv4::dst)};
}

FlowKey key_of(const ParsedPacket& parsed, Zone zone) noexcept {
  FlowKey key;
  key.src = parsed.src();
  key.dst = parsed.dst();
  key.src_port = L4Port{static_cast<std::uint16_t>(parsed.ports)};
  key.dst_port = L4Port{static_cast<std::uint16_t>(parsed.ports >> 16)};
  key.proto = parsed.proto;
  key.zone = zone;
  return key;
}

void set_addresses(Ipv4Bytes packet, Ipv4Addr src, Ipv4Addr dst) noexcept {
  const ChecksumDelta delta = between(source_of(packet), destination_of(packet), src, dst);
  adjust(packet.data() + ipv4::checksum, IpProto{}, delta);
  store(packet.data() + ipv4::src, src.be);
  store(packet.data() + ipv4::dst, dst.be);
}

void set_tuple(Ipv4Bytes packet, const ParsedPacket& parsed, const FlowKey& tuple) noexcept {
  ChecksumDelta delta;
  // Only TCP and UDP cover the addresses with their checksum.
  if (parsed.proto == IpProto::tcp || parsed.proto == IpProto::udp)
    delta = between(source_of(packet), destination_of(packet), tuple.src, tuple.dst);
  set_addresses(packet, tuple.src, tuple.dst);
  std::uint8_t* l4 = packet.data() + parsed.l4_offset;
  delta += write_ports(l4, parsed.proto, tuple);
  const std::size_t field = checksum_field(parsed.proto);
  if (field != 0) adjust(l4 + field, parsed.proto, delta);
}

Ipv4Bytes embedded_in(Ipv4Bytes packet, std::size_t icmp_offset) noexcept {
  const std::size_t at = icmp_offset + icmp::header;
  return at < packet.size() ? packet.subspan(at) : Ipv4Bytes{};
}

void set_embedded(Ipv4Bytes packet, std::size_t icmp_offset, const ParsedPacket& inner,
                  const FlowKey& tuple) noexcept {
  const Ipv4Bytes embedded = embedded_in(packet, icmp_offset);
  const std::uint64_t before = sum_bytes(embedded);
  ParsedPacket readable = inner;
  const std::size_t field = checksum_field(inner.proto);
  // TCP's checksum may lie behind what was embedded.
  if (field == 0 || inner.l4_offset + field + 2 > embedded.size()) {
    set_addresses(embedded, tuple.src, tuple.dst);
    write_ports(embedded.data() + inner.l4_offset, inner.proto, tuple);
  } else {
    set_tuple(embedded, readable, tuple);
  }
  ChecksumDelta delta;
  delta.replace(fold(before), fold(sum_bytes(embedded)));
  adjust(packet.data() + icmp_offset + icmp::checksum, IpProto::icmp, delta);
}

std::uint16_t header_residual(ConstIpv4Bytes packet) noexcept {
  const std::size_t header = (packet[0] & 0x0fu) * 4u;
  return residual(sum_bytes(packet.first(std::min(header, packet.size()))));
}

std::uint16_t transport_residual(ConstIpv4Bytes packet, const ParsedPacket& parsed) noexcept {
  const std::size_t field = transport_checksum_at(parsed);
  if (field == 0) return 0;
  std::size_t length = static_cast<std::size_t>(parsed.total_length - parsed.l4_offset);
  const std::uint8_t* l4 = packet.data() + parsed.l4_offset;
  if (parsed.proto == IpProto::icmp) return residual(sum_bytes({l4, length}));
  if (parsed.proto == IpProto::udp) {
    if (load<std::uint16_t>(packet.data() + field) == 0) return 0;
    length = swap16(load<std::uint16_t>(l4 + udp::length));
  }
  const auto protocol = static_cast<std::uint8_t>(parsed.proto);
  return residual(sum_bytes({l4, length}) +
                  sum_pseudo_header(source_of(packet), destination_of(packet), protocol, length));
}

std::size_t transport_checksum_at(const ParsedPacket& parsed) noexcept {
  const std::size_t field = checksum_field(parsed.proto);
  return field == 0 ? 0 : parsed.l4_offset + field;
}

}  // namespace spillway::replay
