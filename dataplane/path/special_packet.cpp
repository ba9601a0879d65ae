// Packets that have no 5-tuple of their own: ARP, ICMP errors, and what the parser refused.

#include <rte_ring.h>

#include "dataplane/conn/embedded.h"
#include "dataplane/path/frame.h"
#include "dataplane/path/pipeline.h"

namespace spillway {

void Pipeline::handle_special(rte_mbuf* packet, const ParsedPacket& parsed) noexcept {
  switch (parsed.kind) {
    case PacketKind::arp:
      punt(packet);
      return;
    case PacketKind::icmp_error:
      translate_icmp_error(packet, parsed);
      return;
    case PacketKind::flow:
    case PacketKind::drop:
      drop(packet, parsed.reason);
  }
}

void Pipeline::punt(rte_mbuf* packet) noexcept {
  if (punt_ring_ == nullptr || rte_ring_sp_enqueue(punt_ring_, packet) != 0) {
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
    drop(packet, DropReason::icmp_unmatched);
    return;
  }
  if (ip[ipv4::ttl] <= 1) {
    drop(packet, DropReason::ttl_expired);
    return;
  }
  const Connection& c = table_[ref.index()];
  const std::size_t way = index_of(ref.direction());
  error.translate(c.rewrite[way], zone_);
  send(packet, parsed, c.next_hop[way]);
}

}  // namespace spillway
