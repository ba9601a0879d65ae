// The slow path: the first packet of a connection.

#include "dataplane/conn/port_sequence.h"
#include "dataplane/path/frame.h"
#include "dataplane/path/pipeline.h"

namespace spillway {
namespace {

struct Opening {
  bool allowed = true;
  ConnState state = ConnState::generic;
};

Opening opening_of(const ParsedPacket& parsed, const std::uint8_t* l4, bool loose) noexcept {
  switch (parsed.proto) {
    case IpProto::tcp: {
      const TcpOpening tcp = tcp_opening(parsed.tcp_flags, loose);
      return {tcp.allowed, tcp.state};
    }
    case IpProto::udp:
      return {true, ConnState::udp};
    case IpProto::icmp:
      return {is_icmp_request(l4[0]), ConnState::icmp};
    default:
      return {};
  }
}

}  // namespace

ConnRef Pipeline::open(const rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key,
                       DropReason& reason) noexcept {
  const PlacementContext context{*config_, active_, budget_};
  const Placement placement =
      key.zone == Zone::lan ? place_from_lan(context, key) : place_from_uplink(context, key);
  reason = placement.reason;
  if (placement.kind != PlacementKind::forward) return {};
  const std::uint8_t* ip = frame_of(packet) + kEtherHeader;
  reason = DropReason::ttl_expired;
  if (ip[ipv4::ttl] <= 1) return {};
  const Opening opening = opening_of(parsed, ip + parsed.l4_offset, config_->tcp_loose);
  reason = key.zone == Zone::lan ? DropReason::invalid_state : DropReason::unsolicited;
  if (!opening.allowed) return {};
  Connection connection;
  connection.state = opening.state;
  connection.mark = placement.mark;
  connection.uplink = placement.uplink;
  if (key.proto == IpProto::tcp) {
    const auto l4_length = static_cast<std::size_t>(parsed.total_length - parsed.l4_offset);
    tcp_begin(TcpSegment::read(ip + parsed.l4_offset, l4_length), connection.tcp,
              connection.tcp_seen);
  }
  return establish(placement, connection, key, reason);
}

ConnRef Pipeline::establish(const Placement& placement, Connection& connection, const FlowKey& key,
                            DropReason& reason) noexcept {
  reason = DropReason::host_limit;
  const bool capped = hosts_ && config_->per_lan_host > 0 && key.zone == Zone::lan;
  if (capped && hosts_->of(key.src) >= config_->per_lan_host) return {};
  reason = DropReason::no_neighbour;
  if (!resolve_next_hops(placement, key, connection)) return {};
  const ConnRef ref = insert_translated(placement, connection, key, reason);
  if (ref.found()) count_opened(table_[ref.index()], key);
  return ref;
}

bool Pipeline::resolve_next_hops(const Placement& placement, const FlowKey& key,
                                 Connection& connection) noexcept {
  connection.next_hop[0] = neighbours_.find_or_add(placement.egress, placement.next_hop);
  if (key.zone == Zone::lan) {
    for (const auto& lan : config_->lans)
      if (lan.interface.network().contains(key.src))
        connection.next_hop[1] = neighbours_.find_or_add(lan.port, key.src);
  } else {
    const UplinkSide& uplink = config_->uplinks[index_of(uplink_of(key.zone))];
    const bool near = uplink.interface.network().contains(key.src);
    connection.next_hop[1] = neighbours_.find_or_add(uplink.port, near ? key.src : uplink.gateway);
  }
  // Unresolved is fine for the way back: by the time of the reply it will be known.
  return connection.next_hop[0] != NextHopId::none && connection.next_hop[1] != NextHopId::none &&
         neighbours_[connection.next_hop[0]].resolved;
}

ConnRef Pipeline::insert_translated(const Placement& placement, const Connection& prepared,
                                    const FlowKey& key, DropReason& reason) noexcept {
  FlowKey translated = placement.translated;
  PortSequence ports(table_.secret(), key, key.src_port);
  reason = DropReason::port_exhausted;
  while (ports.next(translated.src_port)) {
    if (placement.translate_source &&
        config_->forwards.find(placement.uplink, key.proto, translated.src_port))
      continue;  // R03
    Connection connection = make_connection(key, translated, placement.reply_zone);
    connection.state = prepared.state;
    connection.mark = prepared.mark;
    connection.uplink = prepared.uplink;
    connection.tcp = prepared.tcp;
    connection.tcp_seen = prepared.tcp_seen;
    connection.next_hop = prepared.next_hop;
    const auto inserted = table_.insert(connection, now_, config_->timeouts);
    if (inserted.result == InsertResult::inserted) return {inserted.index, Direction::original};
    if (inserted.result == InsertResult::table_full) {
      reason = DropReason::table_full;
      return {};
    }
    if (!placement.translate_source) return {};
  }
  return {};
}

void Pipeline::count_opened(const Connection& connection, const FlowKey& key) noexcept {
  if (hosts_ && key.zone == Zone::lan) hosts_->add(key.src);
  const bool has_uplink = connection.uplink != UplinkId::none;
  const std::size_t column = has_uplink ? index_of(connection.uplink) : kMaxUplinks;
  counters_.opened[static_cast<std::size_t>(connection.mark)][column].add(1);
  counters_.opened_protocol[static_cast<std::size_t>(connection.proto)].add(1);
  if (!has_uplink || key.zone != Zone::lan) return;
  counters_.placed[column].add(1);
  budget_.take(connection.uplink);
}

}  // namespace spillway
