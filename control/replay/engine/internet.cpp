#include "control/replay/engine/internet.h"

#include <algorithm>

#include "control/replay/engine/link.h"
#include "control/snapshot.h"
#include "dataplane/net/headers.h"

namespace spillway::replay {
namespace {

const MacAddr& cast_address(LinkCast cast, const MacAddr& unicast) {
  if (cast == LinkCast::broadcast) return kBroadcastMac;
  return cast == LinkCast::multicast ? kMulticastMac : unicast;
}

/// Bytes of transport header without which a packet has no 5-tuple.
std::size_t needed_transport(std::uint8_t protocol) {
  switch (static_cast<IpProto>(protocol)) {
    case IpProto::tcp:
      return tcp::min_header;
    case IpProto::udp:
    case IpProto::icmp:
      return udp::header;
    default:
      return 0;
  }
}

bool is_icmp_error(std::uint8_t type) {
  return type == icmp::unreachable || type == icmp::time_exceeded ||
         type == icmp::parameter_problem;
}

/// Whether the headers survived the snap length.
bool headers_captured(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < ipv4::min_header) return false;
  const std::size_t header = (bytes[0] & 0x0fu) * 4u;
  const bool later_fragment =
      (swap16(load<std::uint16_t>(bytes.data() + ipv4::fragment)) & 0x1fffu) != 0;
  if (later_fragment) return bytes.size() >= header;
  const auto protocol = static_cast<IpProto>(bytes[ipv4::protocol]);
  std::size_t needed = header + needed_transport(bytes[ipv4::protocol]);
  if (protocol == IpProto::icmp && bytes.size() > header && is_icmp_error(bytes[header]))
    needed += ipv4::min_header + icmp::header;
  return bytes.size() >= needed;
}

}  // namespace

MacAddr Internet::router(PortIndex port) const {
  const std::size_t i = index_of(port);
  const auto& configured =
      i < config_.lans.size() ? config_.lans[i].mac : config_.uplinks[i - config_.lans.size()].mac;
  return configured.value_or(router_mac(port));
}

PortIndex Internet::lan_of(Ipv4Addr host) const {
  for (std::size_t i = 0; i < config_.lans.size(); ++i)
    if (config_.lans[i].address.network().contains(host)) return lan_port(i);
  return lan_port(0);
}

std::variant<Feed, Skip> Internet::prepare(const CapturedPacket& captured, TimePoint now) {
  if (captured.ethertype == ethertype::ipv4) return prepare_ipv4(captured, now);
  const PortIndex port = lan_port(0);
  Feed f;
  f.port = port;
  // A type that is really a length, or none, would make the frame something else.
  const std::uint16_t type =
      captured.ethertype >= 0x600 ? captured.ethertype : std::uint16_t{0x600};
  f.frame = build_ethernet(cast_address(captured.cast, router(port)), station(Ipv4Addr{}), type,
                           captured.bytes);
  f.parsed = parse_frame(f.frame.data(), f.frame.size(), router(port));
  const bool arp = f.parsed.kind == PacketKind::arp;
  f.expected = Expectation::dropped(arp ? DropReason::punt_arp : f.parsed.reason);
  return f;
}

bool Internet::from_outside(const CapturedPacket& captured) const {
  return captured.ethertype == ethertype::ipv4 && captured.bytes.size() >= ipv4::min_header &&
         !plan_.is_lan(source_of(captured.bytes));
}

Internet::Result Internet::prepare_ipv4(const CapturedPacket& captured, TimePoint now) {
  packet_.assign(captured.bytes.begin(), captured.bytes.end());
  if (!complete(captured)) return Skip{"snap_cut_headers"};
  if (packet_.size() < ipv4::min_header) return on_lan(captured, router(lan_port(0)));
  if (!map_addresses()) return Skip{"lan_prefix_full"};
  const Ipv4Addr src = source_of(packet_);
  const Ipv4Addr dst = destination_of(packet_);
  if (!src_is_lan_ && dst_is_lan_ && captured.cast != LinkCast::broadcast)
    return from_internet(now);
  const bool stranger = src_is_lan_ && dst_is_lan_ && src != dst;
  return from_lan(captured, stranger ? station(dst) : router(lan_of(src)), now);
}

/// Fills up what the snap length cut and what the capturing host left to its NIC. False when too
/// little is left to know the packet.
bool Internet::complete(const CapturedPacket& captured) {
  if (captured.missing > 0) {
    if (!headers_captured(packet_)) return false;
    const std::size_t said = swap16(load<std::uint16_t>(packet_.data() + ipv4::total_length));
    packet_.resize(std::min(packet_.size() + captured.missing, std::max(said, packet_.size())));
    ++adjusted_.padded;
  }
  if (packet_.size() < ipv4::min_header) return true;
  std::uint8_t* checksum = packet_.data() + ipv4::checksum;
  const std::size_t header = (packet_[0] & 0x0fu) * 4u;
  if (header < ipv4::min_header || header > packet_.size()) return true;
  std::uint8_t* length = packet_.data() + ipv4::total_length;
  if (load<std::uint16_t>(length) == 0) {
    store(length, swap16(static_cast<std::uint16_t>(packet_.size())));
    store(checksum, std::uint16_t{0});
    ++adjusted_.length_completed;
  }
  const auto right = static_cast<std::uint16_t>(~fold(sum_bytes({packet_.data(), header})));
  if (load<std::uint16_t>(checksum) == 0 && right != 0) {
    store(checksum, right);
    ++adjusted_.checksum_completed;
  }
  return true;
}

/// False when the configured LAN has no address left for a host.
bool Internet::map_addresses() {
  const Ipv4Addr src = source_of(packet_);
  const Ipv4Addr dst = destination_of(packet_);
  src_is_lan_ = plan_.is_lan(src);
  dst_is_lan_ = plan_.is_lan(dst);
  const auto new_src = plan_.address(src);
  const auto new_dst = plan_.address(dst);
  if (!new_src || !new_dst) return false;
  const ParsedPacket parsed = parse_ipv4(packet_.data(), packet_.size());
  if (parsed.kind == PacketKind::flow) {
    FlowKey tuple = key_of(parsed, Zone::lan);
    tuple.src = *new_src;
    tuple.dst = *new_dst;
    round_.renew(tuple);
    set_tuple(packet_, parsed, tuple);
    return true;
  }
  set_addresses(packet_, *new_src, *new_dst);
  if (parsed.kind == PacketKind::icmp_error) map_embedded(parsed);
  return true;
}

void Internet::map_embedded(const ParsedPacket& outer) {
  const Ipv4Bytes ip{packet_.data(), outer.total_length};
  const Ipv4Bytes embedded = embedded_in(ip, outer.l4_offset);
  const ParsedPacket inner = parse_embedded(embedded.data(), embedded.size());
  if (inner.kind != PacketKind::flow) return;
  FlowKey tuple = key_of(inner, Zone::lan);
  const auto src = plan_.address(tuple.src);
  const auto dst = plan_.address(tuple.dst);
  if (!src || !dst) return;
  tuple.src = *src;
  tuple.dst = *dst;
  round_.renew(tuple);
  set_embedded(ip, outer.l4_offset, inner, tuple);
}

Feed Internet::feed(PortIndex port, const MacAddr& to, const MacAddr& from) const {
  Feed f;
  f.port = port;
  f.frame = build_ethernet(to, from, ethertype::ipv4, packet_);
  f.parsed = parse_frame(f.frame.data(), f.frame.size(), router(port));
  f.expected = Expectation::dropped(f.parsed.reason);
  return f;
}

Feed Internet::feed_uplink(UplinkId uplink) const {
  const PortIndex port = uplink_port(config_, uplink);
  Feed f = feed(port, router(port), station(config_.uplinks[index_of(uplink)].gateway));
  f.captured_reply = true;
  return f;
}

/// A frame that has no addresses to go by.
Internet::Result Internet::on_lan(const CapturedPacket& captured, const MacAddr& to) const {
  return feed(lan_port(0), cast_address(captured.cast, to), station(Ipv4Addr{}));
}

Internet::Result Internet::from_lan(const CapturedPacket& captured, const MacAddr& to,
                                    TimePoint now) {
  const Ipv4Addr src = source_of(packet_);
  Feed f = feed(lan_of(src), cast_address(captured.cast, to), station(src));
  if (f.parsed.kind == PacketKind::icmp_error) return error_from_lan(std::move(f), now);
  if (f.parsed.kind != PacketKind::flow) return f;
  const LedgerPacket p{f.parsed, key_of(f.parsed, Zone::lan), f.frame.data() + kEtherHeader};
  f.expected = ledger_.from_lan(p, now);
  return f;
}

/// Where a packet that belongs to nothing reaches the router: the first uplink.
FlowKey Internet::unknown_at_first_uplink(const FlowKey& on_lan) const {
  FlowKey key = on_lan;
  key.zone = zone_of(uplink_id(0));
  if (config_.uplinks[0].masquerade) key.dst = config_.uplinks[0].address.address;
  return key;
}

Internet::Result Internet::from_internet(TimePoint now) {
  const ParsedPacket parsed = parse_ipv4(packet_.data(), packet_.size());
  if (parsed.kind == PacketKind::flow) return reply(parsed, now);
  if (parsed.kind == PacketKind::icmp_error) return error_from_internet(parsed, now);
  const FlowKey at = unknown_at_first_uplink(
      FlowKey{source_of(packet_), destination_of(packet_), {}, {}, parsed.proto});
  set_addresses(packet_, at.src, at.dst);
  return feed_uplink(uplink_id(0));
}

Internet::Result Internet::reply(const ParsedPacket& parsed, TimePoint now) {
  const FlowKey on_lan = key_of(parsed, Zone::lan);
  const ConnId id = ledger_.find_lan(reversed(on_lan, Zone::lan));
  const bool known = id != ConnId::none && ledger_[id].learned;
  const FlowKey wan = known ? ledger_[id].wan : unknown_at_first_uplink(on_lan);
  const ConnId owner = ledger_.find_wan(wan);
  // The port was given to another connection meanwhile: as on the real internet, a late packet
  // would be taken for that one's.
  if (owner != id && ledger_.alive(owner, now))
    return Skip{known ? "late_reply_tuple_reused" : "inbound_tuple_in_use"};
  set_tuple(packet_, parsed, wan);
  Feed f = feed_uplink(uplink_of(wan.zone));
  const LedgerPacket p{f.parsed, wan, f.frame.data() + kEtherHeader};
  f.expected = ledger_.from_uplink(p, now);
  return f;
}

// What the error embeds is a packet that the LAN host received.
Internet::Result Internet::error_from_lan(Feed f, TimePoint now) const {
  const Ipv4Bytes ip{f.frame.data() + kEtherHeader, f.parsed.total_length};
  const Ipv4Bytes embedded = embedded_in(ip, f.parsed.l4_offset);
  const ParsedPacket inner = parse_embedded(embedded.data(), embedded.size());
  f.expected = Expectation::dropped(inner.reason);
  if (inner.kind != PacketKind::flow) return f;
  const ConnId id = ledger_.find_lan(reversed(key_of(inner, Zone::lan), Zone::lan));
  f.expected = expect_error(id, inner.src() == f.parsed.dst(), ip, false, now);
  return f;
}

// What the error embeds is a packet that the LAN host sent: on the uplink's side it was translated.
Internet::Result Internet::error_from_internet(const ParsedPacket& parsed, TimePoint now) {
  const Ipv4Bytes ip{packet_.data(), parsed.total_length};
  const Ipv4Bytes embedded = embedded_in(ip, parsed.l4_offset);
  const ParsedPacket inner = parse_embedded(embedded.data(), embedded.size());
  if (inner.kind != PacketKind::flow) {
    set_addresses(ip, parsed.src(), unknown_at_first_uplink(key_of(parsed, Zone::lan)).dst);
    Feed f = feed_uplink(uplink_id(0));
    f.expected = Expectation::dropped(inner.reason);
    return f;
  }
  const FlowKey sent = key_of(inner, Zone::lan);
  const ConnId id = ledger_.find_lan(sent);
  const bool known = id != ConnId::none && ledger_[id].learned;
  const FlowKey wan = known ? ledger_[id].wan : unknown_at_first_uplink(reversed(sent, Zone::lan));
  const ConnId owner = ledger_.find_wan(wan);
  if (owner != id && ledger_.alive(owner, now))
    return Skip{known ? "late_reply_tuple_reused" : "inbound_tuple_in_use"};
  const bool to_sender = parsed.dst() == inner.src();
  set_embedded(ip, parsed.l4_offset, inner, reversed(wan, wan.zone));
  set_addresses(ip, parsed.src(), to_sender ? wan.dst : parsed.dst());
  Feed f = feed_uplink(uplink_of(wan.zone));
  f.expected = expect_error(id, to_sender, ip, true, now);
  return f;
}

/// An error passes when it goes to the sender of what it embeds and that is a living connection
/// (RFC 5508 REQ-4, REQ-5).
Expectation Internet::expect_error(ConnId id, bool to_sender, ConstIpv4Bytes ip, bool to_lan,
                                   TimePoint now) const {
  if (!to_sender || !ledger_.alive(id, now))
    return Expectation::dropped(DropReason::icmp_unmatched);
  if (ip[ipv4::ttl] <= 1) return Expectation::dropped(DropReason::ttl_expired);
  Expectation expectation = Expectation::forwarded(id, to_lan);
  expectation.icmp_error = true;
  return expectation;
}

}  // namespace spillway::replay
