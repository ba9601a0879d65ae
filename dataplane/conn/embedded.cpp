#include "dataplane/conn/embedded.h"

namespace spillway {
namespace {

/// Replaces the 16-bit word at `at`; adds what that changes in a checksum over it to `delta`.
void replace_word(std::uint8_t* at, std::uint16_t after, ChecksumDelta& delta) noexcept {
  delta.replace(load<std::uint16_t>(at), after);
  store(at, after);
}

std::size_t checksum_offset(IpProto proto) noexcept {
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

}  // namespace

FlowKey answer_key(const ParsedPacket& inner, Zone zone) noexcept {
  FlowKey key;
  key.src = inner.dst();
  key.dst = inner.src();
  key.src_port = L4Port{static_cast<std::uint16_t>(inner.ports >> 16)};
  key.dst_port = L4Port{static_cast<std::uint16_t>(inner.ports)};
  key.proto = inner.proto;
  key.zone = zone;
  return key;
}

IcmpError::IcmpError(std::uint8_t* packet, std::size_t l4_offset, std::size_t readable) noexcept
    : packet_(packet), icmp_(packet + l4_offset), embedded_(icmp_ + icmp::header) {
  const std::size_t before = l4_offset + icmp::header;
  embedded_length_ = readable > before ? readable - before : 0;
  inner_ = parse_embedded(embedded_, embedded_length_);
}

void IcmpError::translate(const Rewrite& answers, const ErrorWay& way) const noexcept {
  const FlowKey seen = reversed(answer_key(inner_, way.from), way.from);
  const FlowKey was = reversed(answers.result(inner_.proto, way.from), way.from);
  ChecksumDelta delta = turn_header(was);
  delta += turn_transport(Rewrite::between(seen, was), was);
  store(icmp_ + icmp::checksum, delta.apply(load<std::uint16_t>(icmp_ + icmp::checksum)));
  readdress(was, way, seen.dst != was.dst);
}

ChecksumDelta IcmpError::turn_header(const FlowKey& was) const noexcept {
  ChecksumDelta addresses;
  addresses.replace(inner_.src(), was.src).replace(inner_.dst(), was.dst);
  ChecksumDelta delta = addresses;
  std::uint8_t* checksum = embedded_ + ipv4::checksum;
  replace_word(checksum, addresses.apply(load<std::uint16_t>(checksum)), delta);
  store(embedded_ + ipv4::src, was.src.be);
  store(embedded_ + ipv4::dst, was.dst.be);
  return delta;
}

ChecksumDelta IcmpError::turn_transport(const Rewrite& back, const FlowKey& was) const noexcept {
  ChecksumDelta delta;
  std::uint8_t* l4 = embedded_ + inner_.l4_offset;
  if (inner_.proto == IpProto::icmp) {
    const L4Port id = is_icmp_request(l4[0]) ? was.src_port : was.dst_port;
    replace_word(l4 + icmp::id, id.be, delta);
  } else if (inner_.proto == IpProto::tcp || inner_.proto == IpProto::udp) {
    replace_word(l4, was.src_port.be, delta);
    replace_word(l4 + 2, was.dst_port.be, delta);
  }
  const std::size_t at = checksum_offset(inner_.proto);
  if (at == 0 || inner_.l4_offset + at + 2 > embedded_length_) return delta;
  const auto before = load<std::uint16_t>(l4 + at);
  const bool is_udp = inner_.proto == IpProto::udp;
  replace_word(l4 + at, is_udp ? back.transport.apply_udp(before) : back.transport.apply(before),
               delta);
  return delta;
}

// The error goes to who sent the embedded packet, and keeps its source, so that traceroute shows
// the routers on the way; but what leaves by an uplink shows the uplink's address whichever host or
// router made it (R23), and who asked a forwarded port does not see what is behind it.
void IcmpError::readdress(const FlowKey& was, const ErrorWay& way, bool translated) const noexcept {
  const Ipv4Addr src{load<std::uint32_t>(packet_ + ipv4::src)};
  const Ipv4Addr dst{load<std::uint32_t>(packet_ + ipv4::dst)};
  const bool hidden = !is_uplink(way.from) && (translated || is_uplink(way.to));
  const Ipv4Addr new_src = hidden ? was.dst : src;
  ChecksumDelta delta;
  if (way.ttl_step != 0) delta = kTtlDecrement;
  delta.replace(src, new_src).replace(dst, was.src);
  packet_[ipv4::ttl] = static_cast<std::uint8_t>(packet_[ipv4::ttl] - way.ttl_step);
  store(packet_ + ipv4::checksum, delta.apply(load<std::uint16_t>(packet_ + ipv4::checksum)));
  store(packet_ + ipv4::src, new_src.be);
  store(packet_ + ipv4::dst, was.src.be);
}

}  // namespace spillway
