#include "dataplane/conn/rewrite.h"

namespace spillway {

Rewrite Rewrite::between(const FlowKey& from, const FlowKey& to, std::uint8_t ttl_step) noexcept {
  Rewrite r;
  r.addresses = to.src.be | std::uint64_t{to.dst.be} << 32;
  r.ports = to.src_port.be | std::uint32_t{to.dst_port.be} << 16;
  ChecksumDelta addresses;
  addresses.replace(from.src, to.src).replace(from.dst, to.dst);
  ChecksumDelta ports;
  ports.replace(from.src_port, to.src_port).replace(from.dst_port, to.dst_port);
  r.header = addresses;
  if (ttl_step != 0) r.header += kTtlDecrement;
  r.transport = ports;
  // TCP and UDP cover the addresses by their pseudo header, ICMP has none (RFC 792).
  if (from.proto != IpProto::icmp) r.transport += addresses;
  return r;
}

FlowKey Rewrite::result(IpProto proto, Zone zone) const noexcept {
  FlowKey key;
  key.src = Ipv4Addr{static_cast<std::uint32_t>(addresses)};
  key.dst = Ipv4Addr{static_cast<std::uint32_t>(addresses >> 32)};
  key.src_port = L4Port{static_cast<std::uint16_t>(ports)};
  key.dst_port = L4Port{static_cast<std::uint16_t>(ports >> 16)};
  key.proto = proto;
  key.zone = zone;
  return key;
}

}  // namespace spillway
