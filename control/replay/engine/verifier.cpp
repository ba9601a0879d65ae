#include "control/replay/engine/verifier.h"

#include <algorithm>
#include <vector>

#include "control/replay/engine/link.h"
#include "control/snapshot.h"
#include "dataplane/net/checksum.h"

namespace spillway::replay {

struct Verifier::Case {
  const Feed& fed;
  PortIndex port;
  std::span<const std::uint8_t> frame;
  const Position& position;
  TimePoint now;

  ConstIpv4Bytes in() const { return ConstIpv4Bytes(fed.frame).subspan(kEtherHeader); }
  ConstIpv4Bytes out() const { return frame.subspan(kEtherHeader); }
};

namespace {

std::string hex(std::uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {digits[byte >> 4], digits[byte & 15]};
}

std::string text(Ipv4Addr a, L4Port p) {
  return to_string(a) + ":" + std::to_string(p.host());
}

}  // namespace

void Verifier::fail(std::uint64_t Report::*counter, const char* kind, const Position& position,
                    std::string detail) {
  ++(report_.*counter);
  if (report_.failures.size() < kKept)
    report_.failures.push_back({position.frame, position.time, kind, std::move(detail)});
}

bool Verifier::sent(const Feed& fed, PortIndex port, std::span<const std::uint8_t> frame,
                    const Position& position, TimePoint now) {
  const Case c{fed, port, frame, position, now};
  if (!fed.expected.forward) {
    fail(&Report::mis_delivered, "mis_delivered", position,
         "sent, but had to be dropped as " + std::string(name_of(fed.expected.reason)));
    return false;
  }
  if (frame.size() != fed.frame.size()) {
    fail(&Report::bad_payload, "bad_payload", position,
         "went in with " + std::to_string(fed.frame.size()) + " bytes and came out with " +
             std::to_string(frame.size()));
    return false;
  }
  if (!right_port(c) || !learn(c) || !right_link(c)) return false;
  const bool bytes = fed.expected.icmp_error ? right_error(c) : right_bytes(c, leaves_as(c));
  return right_checksums(c) && bytes;
}

bool Verifier::right_port(const Case& c) {
  const bool at_lan = index_of(c.port) < config_.lans.size();
  if (at_lan == c.fed.expected.to_lan) return true;
  fail(&Report::mis_delivered, "mis_delivered", c.position,
       at_lan ? "left at the LAN instead of an uplink" : "left at an uplink instead of the LAN");
  return false;
}

/// From the first packet that leaves an uplink: where the connection was placed.
bool Verifier::learn(const Case& c) {
  if (c.fed.expected.to_lan) return true;
  const UplinkId uplink = uplink_id(index_of(c.port) - config_.lans.size());
  const LedgerConnection& connection = ledger_[c.fed.expected.connection];
  if (connection.learned) return right_uplink(c, uplink);
  const config::Uplink& side = config_.uplinks[index_of(uplink)];
  if (side.masquerade && source_of(c.out()) != side.address.address) {
    fail(&Report::bad_source, "bad_source", c.position,
         "left " + side.name + " with source " + to_string(source_of(c.out())));
    return false;
  }
  if (!admission_.allowed_uplinks(connection.lan).contains(uplink)) {
    fail(&Report::mis_delivered, "mis_delivered", c.position,
         "placed on " + side.name + ", which no policy rule allows");
    return false;
  }
  const ParsedPacket parsed = parse_ipv4(c.out().data(), c.out().size());
  const FlowKey wan = reversed(key_of(parsed, Zone::lan), zone_of(uplink));
  if (ledger_.learn(c.fed.expected.connection, uplink, wan, c.now)) return true;
  fail(&Report::mis_delivered, "mis_delivered", c.position,
       "translated to " + text(wan.dst, wan.dst_port) + ", which a living connection uses");
  return false;
}

bool Verifier::right_uplink(const Case& c, UplinkId uplink) {
  const UplinkId placed = ledger_[c.fed.expected.connection].uplink;
  if (uplink == placed) return true;
  fail(&Report::changed_uplink, "changed_uplink", c.position,
       "left " + config_.uplinks[index_of(uplink)].name + ", but the connection is on " +
           config_.uplinks[index_of(placed)].name);
  return false;
}

bool Verifier::right_link(const Case& c) {
  const bool at_lan = c.fed.expected.to_lan;
  const std::size_t i = index_of(c.port);
  const Ipv4Addr dst = destination_of(c.out());
  Ipv4Addr next_hop = dst;
  std::optional<MacAddr> own;
  if (at_lan) {
    own = config_.lans[i].mac;
  } else {
    const config::Uplink& uplink = config_.uplinks[i - config_.lans.size()];
    own = uplink.mac;
    if (!uplink.address.network().contains(dst)) next_hop = uplink.gateway;
  }
  const MacAddr to = station(next_hop);
  const MacAddr from = own.value_or(router_mac(c.port));
  if (std::equal(to.bytes.begin(), to.bytes.end(), c.frame.begin()) &&
      std::equal(from.bytes.begin(), from.bytes.end(), c.frame.begin() + kEtherSrc))
    return true;
  fail(&Report::mis_delivered, "mis_delivered", c.position,
       "has the wrong link address for " + to_string(next_hop));
  return false;
}

FlowKey Verifier::leaves_as(const Case& c) const {
  const LedgerConnection& connection = ledger_[c.fed.expected.connection];
  if (connection.within_lan) return key_of(c.fed.parsed, Zone::lan);
  return c.fed.expected.to_lan ? reversed(connection.lan, Zone::lan)
                               : reversed(connection.wan, Zone::lan);
}

bool Verifier::right_bytes(const Case& c, const FlowKey& tuple) {
  std::vector<std::uint8_t> expected(c.in().begin(), c.in().end());
  set_tuple(expected, c.fed.parsed, tuple);
  return equal_but_checksums(c, expected);
}

// An error shows the addresses of the side it leaves to, inside and outside.
bool Verifier::right_error(const Case& c) {
  std::vector<std::uint8_t> expected(c.in().begin(), c.in().end());
  const Ipv4Bytes ip = Ipv4Bytes(expected).first(c.fed.parsed.total_length);
  const Ipv4Bytes embedded = embedded_in(ip, c.fed.parsed.l4_offset);
  const ParsedPacket inner = parse_embedded(embedded.data(), embedded.size());
  const LedgerConnection& connection = ledger_[c.fed.expected.connection];
  const bool to_lan = c.fed.expected.to_lan;
  const FlowKey tuple = to_lan ? connection.lan : connection.wan;
  set_embedded(ip, c.fed.parsed.l4_offset, inner, tuple);
  set_addresses(ip, to_lan ? source_of(ip) : connection.wan.dst, tuple.src);
  return equal_but_checksums(c, expected);
}

bool Verifier::equal_but_checksums(const Case& c, std::span<const std::uint8_t> expected) {
  const std::size_t transport = c.fed.expected.icmp_error ? c.fed.parsed.l4_offset + icmp::checksum
                                                          : transport_checksum_at(c.fed.parsed);
  const auto is_checksum = [&](std::size_t at) {
    return at == ipv4::checksum || at == ipv4::checksum + 1 ||
           (transport != 0 && (at == transport || at == transport + 1));
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (is_checksum(i)) continue;
    const auto wanted = static_cast<std::uint8_t>(expected[i] - (i == ipv4::ttl ? 1 : 0));
    if (c.out()[i] == wanted) continue;
    const bool address = i >= ipv4::src && i < ipv4::min_header;
    if (address && !c.fed.expected.to_lan && i < ipv4::dst)
      fail(&Report::bad_source, "bad_source", c.position,
           "source " + to_string(source_of(c.out())) + " instead of " +
               to_string(source_of(expected)));
    else if (address || (i >= c.fed.parsed.l4_offset && i < c.fed.parsed.l4_offset + 4u))
      fail(&Report::mis_delivered, "mis_delivered", c.position,
           "5-tuple wrong at byte " + std::to_string(i));
    else
      fail(&Report::bad_payload, "bad_payload", c.position,
           "byte " + std::to_string(i) + " of the packet is 0x" + hex(c.out()[i]) +
               " instead of 0x" + hex(wanted));
    return false;
  }
  return true;
}

// From scratch: the header must be right, the transport as right or wrong as it came in.
bool Verifier::right_checksums(const Case& c) {
  ParsedPacket parsed = c.fed.parsed;
  if (c.fed.expected.icmp_error) parsed.proto = IpProto::icmp;
  const std::size_t at = transport_checksum_at(parsed);
  const bool none_in = parsed.proto == IpProto::udp && load<std::uint16_t>(c.in().data() + at) == 0;
  const bool none_out =
      parsed.proto == IpProto::udp && load<std::uint16_t>(c.out().data() + at) == 0;
  if (header_residual(c.out()) == 0 && none_in == none_out &&
      transport_residual(c.out(), parsed) == transport_residual(c.in(), parsed))
    return true;
  fail(&Report::bad_checksum, "bad_checksum", c.position,
       header_residual(c.out()) != 0 ? "IPv4 header checksum" : "transport checksum");
  return false;
}

}  // namespace spillway::replay
