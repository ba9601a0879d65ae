// Packets that have no 5-tuple of their own: ARP, ICMP errors, and what the parser refused.

#include <rte_ip.h>
#include <rte_ring.h>

#include "dataplane/conn/embedded.h"
#include "dataplane/path/frame.h"
#include "dataplane/path/pipeline.h"

namespace spillway {
namespace {

/// Of an ICMP message, in however many buffers it lies.
bool icmp_checksum_ok(const rte_mbuf* packet, const ParsedPacket& parsed) noexcept {
  std::uint16_t sum = 0;
  const auto at = static_cast<std::uint32_t>(kEtherHeader + parsed.l4_offset);
  const auto length = static_cast<std::uint32_t>(parsed.total_length - parsed.l4_offset);
  return rte_raw_cksum_mbuf(packet, at, length, &sum) == 0 && sum == 0xffff;
}

}  // namespace

void Pipeline::handle_special(rte_mbuf* packet, const ParsedPacket& parsed) noexcept {
  switch (parsed.kind) {
    case PacketKind::arp:
      take_arp(packet);
      return;
    case PacketKind::icmp_error:
      translate_icmp_error(packet, parsed);
      return;
    case PacketKind::fragment:
      join_fragment(packet, parsed);
      return;
    case PacketKind::gone:
      return;
    case PacketKind::flow:
    case PacketKind::drop:
      if (is_for_linux(parsed))
        punt(packet);
      else
        drop(packet, parsed.reason);
  }
}

/// Frames to a group, where Linux listens: from the LAN all of them (DHCP, VRRP, discovery), from
/// an uplink what is open to it.
bool Pipeline::is_for_linux(const ParsedPacket& group) const noexcept {
  const PipelinePort& port = ports_[index_of(port_)];
  const bool to_group =
      group.reason == DropReason::broadcast || group.reason == DropReason::multicast;
  if (!port.companion || !to_group || group.kind != PacketKind::drop) return false;
  if (!is_uplink(zone_)) return true;
  const L4Port to{static_cast<std::uint16_t>(group.ports >> 16)};
  return group.proto == IpProto::udp && config_->local.is_open(uplink_of(zone_), group.proto, to);
}

void Pipeline::take_arp(rte_mbuf* packet) noexcept {
  if (arp_budget_[index_of(port_)].take(now_))
    punt_by(rings_.arp, packet);
  else
    drop(packet, DropReason::arp_limit);
}

void Pipeline::join_fragment(rte_mbuf* packet, const ParsedPacket& parsed) noexcept {
  // The library expects each fragment in one buffer.
  if (!fragments_ || packet->nb_segs > 1) {
    drop(packet, DropReason::fragment);
    return;
  }
  // All fragments of a datagram come together at one worker, which may not be the one that keeps
  // its connection: they carry no ports.
  const unsigned joiner = stays_here_ ? self_ : owners_->joiner(zone_, parsed);
  if (joiner != self_) {
    handoff_->give(joiner, packet, port_);
    return;
  }
  const Fragments::Joined joined = fragments_->join(packet, parsed.l4_offset, port_, time_);
  counters_.drops[index_of(DropReason::fragment)].add(joined.discarded);
  counters_.merged.add(joined.merged);
  if (joined.packet != nullptr) process_joined(joined.packet);
}

void Pipeline::process_joined(rte_mbuf* packet) noexcept {
  if (!headers_joined(packet)) {
    drop(packet, DropReason::headers_split);
    return;
  }
  const ParsedPacket parsed =
      parse_frame(frame_of(packet), packet->pkt_len, ports_[index_of(port_)].mac);
  const bool stayed_here = stays_here_;
  stays_here_ = owners_ == nullptr;
  if (parsed.kind == PacketKind::flow)
    forward_first(packet, parsed, key_of(parsed, zone_));
  else
    handle_special(packet, parsed);
  stays_here_ = stayed_here;
}

void Pipeline::punt(rte_mbuf* packet) noexcept {
  punt_by(rings_.punt, packet);
}

void Pipeline::punt_by(rte_ring* ring, rte_mbuf* packet) noexcept {
  packet->port = static_cast<std::uint16_t>(port_);
  if (ring == nullptr || rte_ring_sp_enqueue(ring, packet) != 0) {
    drop(packet, DropReason::punt_ring_full);
    return;
  }
  counters_.punted.add(1);
}

/// The connection whose packet is embedded: its answers come in where the error did. An error is
/// sent to the source of what it embeds; anything else is forged.
ConnRef Pipeline::find_embedded(const ParsedPacket& outer,
                                const ParsedPacket& inner) const noexcept {
  if (outer.dst() != inner.src()) return {};
  const ConnRef ref = table_.find(answer_key(inner, zone_));
  if (!ref.found() || table_[ref.index()].expired(now_, config_->timeouts)) return {};
  return ref;
}

// Nothing is refreshed and no state changes (R11, RFC 5508 REQ-6).
void Pipeline::translate_icmp_error(rte_mbuf* packet, const ParsedPacket& parsed) noexcept {
  if (!icmp_checksum_ok(packet, parsed)) {
    drop(packet, DropReason::bad_icmp_checksum);
    return;
  }
  std::uint8_t* ip = frame_of(packet) + kEtherHeader;
  const std::size_t contiguous = packet->data_len - kEtherHeader;
  const std::size_t readable = std::min<std::size_t>(parsed.total_length, contiguous);
  const IcmpError error(ip, parsed.l4_offset, readable);
  if (error.inner().kind != PacketKind::flow) {
    drop(packet, error.inner().reason);
    return;
  }
  const ConnRef ref = find_embedded(parsed, error.inner());
  if (!ref.found()) {
    if (stays_here_ || !hand_over(packet, answer_key(error.inner(), zone_)))
      drop(packet, DropReason::icmp_unmatched);
    return;
  }
  if (is_held_back(ref)) {
    drop(packet, DropReason::stopped);
    return;
  }
  const Connection& c = table_[ref.index()];
  if (ip[ipv4::ttl] <= c.ttl_step) {
    drop(packet, DropReason::ttl_expired);
    return;
  }
  const std::size_t way = index_of(ref.direction());
  const Zone to = c.zone[index_of(opposite(ref.direction()))];
  error.translate(c.rewrite[way], {zone_, to, c.ttl_step});
  send(packet, parsed.total_length, c.next_hop[way]);
}

}  // namespace spillway
