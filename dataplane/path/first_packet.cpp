// The slow path: the first packet of a connection.

#include <optional>

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

/// What is prepared, with both ways of translation.
Connection translate(const Connection& prepared, const FlowKey& key, const FlowKey& translated,
                     Zone reply_zone) noexcept {
  Connection connection = make_connection(key, translated, reply_zone);
  connection.state = prepared.state;
  connection.mark = prepared.mark;
  connection.uplink = prepared.uplink;
  connection.tcp = prepared.tcp;
  connection.tcp_seen = prepared.tcp_seen;
  connection.next_hop = prepared.next_hop;
  return connection;
}

}  // namespace

ConnRef Pipeline::open(const rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key,
                       DropReason& reason) noexcept {
  const PlacementContext context{*config_, active_, budget_, affinity_, now_};
  const Placement placement = place(context, key);
  reason = placement.reason;
  if (placement.kind != PlacementKind::forward) return {};
  const std::uint8_t* ip = frame_of(packet) + kEtherHeader;
  const bool own_end = key.zone == Zone::kernel || placement.egress == PortIndex::kernel;
  reason = DropReason::stopped;
  if (!config_->forwarding && !own_end) return {};
  reason = DropReason::ttl_expired;
  if (ip[ipv4::ttl] <= (own_end ? 0 : 1)) return {};
  // Strangers open with a SYN: a stray ACK would hold a place for as long as established does.
  const bool loose = config_->tcp_loose && !is_uplink(key.zone);
  const Opening opening = opening_of(parsed, ip + parsed.l4_offset, loose);
  reason = is_uplink(key.zone) ? DropReason::unsolicited : DropReason::invalid_state;
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
  note_checksum(packet, parsed);
  return establish(placement, connection, key, reason);
}

/// A sender on the same machine may leave its checksums to a network card that frames never reach;
/// the receiver drops them then, and nobody but the router can tell why.
void Pipeline::note_checksum(const rte_mbuf* packet, const ParsedPacket& parsed) noexcept {
  const bool tcp = parsed.proto == IpProto::tcp;
  if (!tcp && parsed.proto != IpProto::udp) return;
  const std::uint8_t* l4 = frame_of(packet) + kEtherHeader + parsed.l4_offset;
  const auto found = load<std::uint16_t>(l4 + (tcp ? tcp::checksum : udp::checksum));
  if (!tcp && found == 0) return;
  const auto pseudo =
      fold(sum_pseudo_header(parsed.src(), parsed.dst(), static_cast<std::uint8_t>(parsed.proto),
                             static_cast<std::size_t>(parsed.total_length - parsed.l4_offset)));
  PortCounters& counters = counters_.ports[index_of(port_)];
  counters.first_packets.add(1);
  if (found == pseudo) counters.unfinished_checksums.add(1);
}

ConnRef Pipeline::establish(const Placement& placement, Connection& connection, const FlowKey& key,
                            DropReason& reason) noexcept {
  reason = DropReason::host_limit;
  const bool capped = hosts_ != nullptr && config_->per_lan_host > 0 && key.zone == Zone::lan;
  if (capped && hosts_->of(key.src) >= config_->per_lan_host) return {};
  reason = DropReason::no_neighbour;
  if (!hold_next_hops(placement, key, connection)) return {};
  const ConnRef ref = insert_translated(placement, connection, key, reason);
  if (ref.found())
    count_opened(table_[ref.index()], key);
  else
    release_next_hops(connection);
  return ref;
}

/// Where the opener is.
NextHopId Pipeline::way_back(const FlowKey& key) noexcept {
  if (key.zone == Zone::kernel) return kKernelHop;
  if (key.zone == Zone::lan) {
    const LanHop back = lan_hop(*config_, key.src);
    return back.lan == nullptr ? NextHopId::none
                               : neighbours_.find_or_add(back.port, back.next_hop);
  }
  const UplinkSide& uplink = config_->uplinks[index_of(uplink_of(key.zone))];
  const bool near = uplink.interface.network().contains(key.src);
  return neighbours_.find_or_add(uplink.port, near ? key.src : uplink.gateway);
}

/// Holds both, or neither. Hosts that are not known yet do not stop a connection: packets to them
/// wait.
bool Pipeline::hold_next_hops(const Placement& placement, const FlowKey& key,
                              Connection& connection) noexcept {
  const bool to_kernel = placement.egress == PortIndex::kernel;
  const NextHopId there =
      to_kernel ? kKernelHop : neighbours_.find_or_add(placement.egress, placement.next_hop);
  if (there == NextHopId::none) return false;
  // Held before the next one is looked for, which might take its place.
  neighbours_.hold(there);
  const NextHopId back = way_back(key);
  if (back == NextHopId::none) {
    neighbours_.release(there);
    return false;
  }
  neighbours_.hold(back);
  connection.next_hop = {there, back};
  return true;
}

void Pipeline::release_next_hops(const Connection& connection) noexcept {
  for (const NextHopId hop : connection.next_hop) neighbours_.release(hop);
}

// Where the source is not translated its port still may have to be: one client can reach the same
// forward by two uplinks from one port.
// In a flood the table is full of such connections; those that are answered stay (R40).
bool Pipeline::make_room() noexcept {
  const ConnIndex victim = makes_room_ ? table_.unanswered(now_) : ConnIndex::none;
  if (victim == ConnIndex::none) return false;
  end_connection(victim);
  counters_.displaced.add(1);
  return true;
}

ConnRef Pipeline::insert_translated(const Placement& placement, const Connection& prepared,
                                    const FlowKey& key, DropReason& reason) noexcept {
  FlowKey translated = placement.translated;
  reason = DropReason::table_full;
  if (table_.is_full() && !make_room()) return {};
  PortSequence ports(table_.secret(), key, key.src_port, owners_ ? owners_->workers() : 1);
  reason = DropReason::port_exhausted;
  std::optional<L4Port> resting;
  while (ports.next(translated.src_port)) {
    if (placement.translate_source && is_promised(*config_, placement, translated))
      continue;  // R03
    if (!answers_come_here(key, reversed(translated, placement.reply_zone))) continue;
    const auto inserted = table_.insert(translate(prepared, key, translated, placement.reply_zone),
                                        now_, config_->timeouts);
    if (inserted.result == InsertResult::inserted) return {inserted.index, Direction::original};
    if (inserted.result == InsertResult::reply_rests && !resting) resting = translated.src_port;
    if (inserted.result != InsertResult::table_full) continue;
    reason = DropReason::table_full;
    return {};
  }
  if (!resting) return {};
  // R04: rather that one than none.
  translated.src_port = *resting;
  const auto inserted = table_.insert(translate(prepared, key, translated, placement.reply_zone),
                                      now_, config_->timeouts, Fallow::take);
  return inserted.result == InsertResult::inserted ? ConnRef(inserted.index, Direction::original)
                                                   : ConnRef{};
}

/// Whether a translation brings the answers to the worker that keeps the connection.
bool Pipeline::answers_come_here(const FlowKey& key, const FlowKey& answer) const noexcept {
  return owners_ == nullptr || owners_->owner(*config_, answer) == owners_->owner(*config_, key);
}

void Pipeline::count_opened(const Connection& connection, const FlowKey& key) noexcept {
  if (hosts_ != nullptr && key.zone == Zone::lan) hosts_->of_worker(self_).add(key.src);
  const std::size_t column = column_of(connection.uplink);
  living(connection, connection.state).raise();
  counters_.opened[index_of(connection.mark)][column].add(1);
  counters_.opened_protocol[static_cast<std::size_t>(connection.proto)].add(1);
  if (column == kMaxUplinks || key.zone != Zone::lan) return;
  counters_.placed[column].add(1);
  budget_.take(connection.uplink);
  if (connection.mark == Mark::sticky)
    remember_place(*config_, affinity_, key, connection.uplink, now_);
}

}  // namespace spillway
