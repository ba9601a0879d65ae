#include "tests/support/frames.h"

#include <cstring>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& b, unsigned v) {
  b.push_back(static_cast<std::uint8_t>(v >> 8));
  b.push_back(static_cast<std::uint8_t>(v));
}
void put32(Bytes& b, std::uint32_t v) {
  put16(b, v >> 16);
  put16(b, v & 0xffffu);
}

void set_checksum(Bytes& b, std::size_t at, std::uint64_t sum) {
  store(b.data() + at, static_cast<std::uint16_t>(~fold(sum)));
}

Bytes transport(const FrameSpec& s) {
  Bytes b;
  if (s.proto == IpProto::icmp) {
    b = {s.icmp_type, 0, 0, 0};
    put16(b, s.icmp_id);
    put16(b, 1);
  } else if (s.proto == IpProto::udp) {
    put16(b, s.src_port);
    put16(b, s.dst_port);
    put16(b, static_cast<unsigned>(8 + s.payload.size()));
    put16(b, 0);
  } else if (s.proto == IpProto::tcp) {
    put16(b, s.src_port);
    put16(b, s.dst_port);
    put32(b, s.seq);
    put32(b, s.ack);
    const std::size_t words = (tcp::min_header + s.tcp_options.size()) / 4;
    put16(b, static_cast<unsigned>(words << 12) | s.tcp_flags);
    put16(b, 65535);
    put32(b, 0);
    b.insert(b.end(), s.tcp_options.begin(), s.tcp_options.end());
  }
  b.insert(b.end(), s.payload.begin(), s.payload.end());
  return b;
}

std::size_t checksum_at(IpProto proto) {
  if (proto == IpProto::tcp) return tcp::checksum;
  return proto == IpProto::udp ? udp::checksum : icmp::checksum;
}

void complete_transport(const FrameSpec& s, Bytes& l4) {
  const bool known = s.proto == IpProto::tcp || s.proto == IpProto::udp || s.proto == IpProto::icmp;
  if (!known || (s.proto == IpProto::udp && !s.udp_checksum)) return;
  const std::uint64_t pseudo =
      s.proto == IpProto::icmp
          ? 0
          : sum_pseudo_header(s.src, s.dst, static_cast<std::uint8_t>(s.proto), l4.size());
  set_checksum(l4, checksum_at(s.proto), pseudo + sum_bytes(l4));
  if (s.proto == IpProto::udp && load<std::uint16_t>(l4.data() + udp::checksum) == 0)
    store(l4.data() + udp::checksum, std::uint16_t{0xffff});
}

Bytes assemble(const FrameSpec& s, const Bytes& l4) {
  Bytes f(s.dst_mac.bytes.begin(), s.dst_mac.bytes.end());
  f.insert(f.end(), s.src_mac.bytes.begin(), s.src_mac.bytes.end());
  put16(f, ethertype::ipv4);
  const std::size_t header = ipv4::min_header + s.ip_options.size();
  f.push_back(static_cast<std::uint8_t>(0x40u | header / 4));
  f.push_back(0);
  put16(f, static_cast<unsigned>(header + l4.size()));
  put16(f, s.ip_id);
  put16(f, s.fragment);
  f.push_back(s.ttl);
  f.push_back(static_cast<std::uint8_t>(s.proto));
  put16(f, 0);
  put32(f, s.src.host());
  put32(f, s.dst.host());
  f.insert(f.end(), s.ip_options.begin(), s.ip_options.end());
  set_checksum(f, kEtherHeader + ipv4::checksum,
               sum_bytes(std::span(f).subspan(kEtherHeader, header)));
  f.insert(f.end(), l4.begin(), l4.end());
  return f;
}

}  // namespace

std::vector<std::uint8_t> build_frame(const FrameSpec& spec) {
  Bytes l4 = transport(spec);
  complete_transport(spec, l4);
  return assemble(spec, l4);
}

std::vector<std::uint8_t> build_icmp_error(const FrameSpec& outer, std::uint8_t type,
                                           std::uint8_t code,
                                           const std::vector<std::uint8_t>& embedded) {
  FrameSpec s = outer;
  s.proto = IpProto::icmp;
  Bytes l4 = {type, code, 0, 0, 0, 0, 0, 0};
  l4.insert(l4.end(), embedded.begin(), embedded.end());
  set_checksum(l4, icmp::checksum, sum_bytes(l4));
  return assemble(s, l4);
}

bool checksums_right(const std::uint8_t* packet, std::size_t length) {
  const std::size_t header = (packet[0] & 15u) * 4u;
  const std::size_t total = swap16(load<std::uint16_t>(packet + ipv4::total_length));
  if (total > length || header > total || !header_checksum_ok(packet, header / 4)) return false;
  if ((load<std::uint16_t>(packet + ipv4::fragment) & ipv4::fragment_mask_be) != 0) return true;
  const auto proto = static_cast<IpProto>(packet[ipv4::protocol]);
  const std::span<const std::uint8_t> l4(packet + header, total - header);
  if (proto == IpProto::icmp) return fold(sum_bytes(l4)) == 0xffff;
  if (proto != IpProto::tcp && proto != IpProto::udp) return true;
  if (proto == IpProto::udp && load<std::uint16_t>(l4.data() + udp::checksum) == 0) return true;
  const std::uint64_t pseudo = sum_pseudo_header(Ipv4Addr{load<std::uint32_t>(packet + ipv4::src)},
                                                 Ipv4Addr{load<std::uint32_t>(packet + ipv4::dst)},
                                                 packet[ipv4::protocol], l4.size());
  return fold(pseudo + sum_bytes(l4)) == 0xffff;
}

}  // namespace spillway::test
