// Packets that cannot go on as they are: told to their sender, made to wait, or cut.

#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <algorithm>

#include "dataplane/net/mss.h"
#include "dataplane/path/frame.h"
#include "dataplane/path/pipeline.h"

namespace spillway {
namespace {

constexpr std::uint16_t kDontFragmentBe = 0x0040;  // as loaded from memory (RFC 791 3.1)

/// Leaves the Ethernet frame's first `keep` bytes in one buffer.
void shorten(rte_mbuf* packet, std::size_t keep) noexcept {
  rte_pktmbuf_free(packet->next);
  packet->next = nullptr;
  packet->nb_segs = 1;
  packet->data_len = static_cast<std::uint16_t>(std::min<std::size_t>(keep, packet->data_len));
  packet->pkt_len = packet->data_len;
}

}  // namespace

void Pipeline::refuse(rte_mbuf* packet, const ParsedPacket& parsed, DropReason reason,
                      const IcmpCause& cause) noexcept {
  counters_.drops[index_of(reason)].add(1);
  counters_.port_drops[index_of(port_)][index_of(reason)].add(1);
  if (!tell_sender(packet, parsed, cause)) rte_pktmbuf_free(packet);
}

/// Turns the packet into an ICMP error to its sender. False when it must not or cannot be told.
/// The answer goes back to the station that handed us the packet: no look-up, nothing to wait for.
bool Pipeline::tell_sender(rte_mbuf* packet, const ParsedPacket& parsed,
                           const IcmpCause& cause) noexcept {
  const Ipv4Addr teller = teller_here();
  if (!tell_senders_ || teller == Ipv4Addr{} || !may_be_told(parsed.src(), parsed.dst()))
    return false;
  if (!icmp_budget_.take(now_)) return false;
  const std::size_t whole = kEtherHeader + parsed.total_length;
  shorten(packet, std::min(whole, kEtherHeader + kIcmpErrorEmbeds));
  std::array<std::uint8_t, kEtherHeader> ether{};
  std::copy_n(frame_of(packet), ether.size(), ether.data());
  const std::size_t embedded = packet->data_len - kEtherHeader;
  if (rte_pktmbuf_prepend(packet, kIcmpErrorHeaders) == nullptr) return false;
  std::uint8_t* frame = frame_of(packet);
  std::copy_n(ether.data() + kEtherSrc, kEtherSrc, frame);
  std::copy_n(ports_[index_of(port_)].mac.bytes.data(), kEtherSrc, frame + kEtherSrc);
  std::copy_n(ether.data() + kEtherTypeAt, 2, frame + kEtherTypeAt);
  write_icmp_error(frame + kEtherHeader, embedded, cause, teller, parsed.src());
  counters_.generated.add(1);
  if (zone_ == Zone::kernel)
    punt(packet);
  else
    tx_.push(port_, packet);
  return true;
}

/// Who speaks to senders on the port of this burst: the router's address there. Linux would not
/// believe its own address, so it hears from a gateway.
Ipv4Addr Pipeline::teller_here() const noexcept {
  if (zone_ == Zone::kernel) return config_->uplinks.front().gateway;
  for (const LanSide& lan : config_->lans)
    if (lan.port == port_) return lan.interface.address;
  for (const UplinkSide& uplink : config_->uplinks)
    if (uplink.port == port_) return uplink.interface.address;
  return {};
}

/// Whether a packet over the next link's MTU may leave in pieces; its sender is told when not
/// (RFC 1191 4).
bool Pipeline::may_be_cut(rte_mbuf* packet, const ParsedPacket& parsed,
                          const NextHop& hop) noexcept {
  const auto flags = load<std::uint16_t>(frame_of(packet) + kEtherHeader + ipv4::fragment);
  if (fragments_ && (flags & kDontFragmentBe) == 0) return true;
  refuse(packet, parsed, DropReason::mtu_exceeded, fragmentation_needed(hop.mtu));
  return false;
}

void Pipeline::send_in_pieces(rte_mbuf* packet, const NextHop& hop) noexcept {
  rte_mbuf* pieces[Fragments::kMostOut];
  const std::size_t n = fragments_ ? fragments_->cut(packet, hop.mtu, pieces) : 0;
  if (n == 0) {
    drop(packet, DropReason::mtu_exceeded);
    return;
  }
  counters_.split.add(n - 1);
  // Every packet of this burst must still find room after these.
  const bool room = tx_.pending(hop.port).size() + n + kBurst <= TxBuffers::kCapacity;
  for (std::size_t i = 0; i < n; ++i) {
    if (room)
      tx_.push(hop.port, pieces[i]);
    else
      drop(pieces[i], DropReason::tx_full);
  }
}

/// Packets for Linux are punted; others wait until the control core has found the neighbour.
void Pipeline::send_unresolved(rte_mbuf* packet, NextHopId next_hop) noexcept {
  if (next_hop == kKernelHop) {
    punt(packet);
    return;
  }
  // Asked also where there is no room to wait: a later packet finds the neighbour known then.
  if (rings_.wanted != nullptr && neighbours_.ask(next_hop, now_)) {
    const NextHop& hop = neighbours_[next_hop];
    NeighbourNote note{hop.address, {}, hop.port, NeighbourNote::Kind::wanted};
    // When the ring is full, the next packet after a second asks again.
    rte_ring_sp_enqueue_elem(rings_.wanted, &note, sizeof note);
  }
  if (rings_.wanted == nullptr || !pending_.push(next_hop, packet)) {
    drop(packet, DropReason::no_neighbour);
    return;
  }
  neighbours_.hold(next_hop);
}

void Pipeline::note(const NeighbourNote& note) noexcept {
  const bool known = note.kind == NeighbourNote::Kind::known;
  const NextHopId id = known ? neighbours_.find_or_add_host(note.port, note.address)
                             : neighbours_.find(note.port, note.address);
  if (id == NextHopId::none) return;
  if (known) {
    neighbours_.resolve(id, note.mac);
    while (rte_mbuf* packet = pending_.pop(id)) {
      neighbours_.release(id);
      const std::uint8_t* ip = frame_of(packet) + kEtherHeader;
      send(packet, swap16(load<std::uint16_t>(ip + ipv4::total_length)), id);
    }
    return;
  }
  neighbours_.lose(id);
  while (rte_mbuf* packet = pending_.pop(id)) {
    neighbours_.release(id);
    drop(packet, DropReason::no_neighbour);
  }
}

/// What a SYN announces must fit both links (R17).
void Pipeline::clamp_segments(rte_mbuf* packet, const ParsedPacket& parsed,
                              const Connection& c) noexcept {
  const std::uint16_t mtu =
      std::min(neighbours_[c.next_hop[0]].mtu, neighbours_[c.next_hop[1]].mtu);
  std::uint8_t* l4 = frame_of(packet) + kEtherHeader + parsed.l4_offset;
  const std::size_t header = std::size_t{l4[tcp::data_offset]} >> 4 << 2;
  clamp_mss(l4, header, static_cast<std::uint16_t>(mtu - kMssHeaders));
}

void Pipeline::drain() noexcept {
  for (auto oldest = pending_.pop_any(); oldest.packet != nullptr; oldest = pending_.pop_any()) {
    neighbours_.release(oldest.hop);
    drop(oldest.packet, DropReason::no_neighbour);
  }
  while (fragments_ && fragments_->held() > 0) {
    const std::uint32_t n = fragments_->expire(TimePoint::max());
    counters_.drops[index_of(DropReason::fragment)].add(n);
    if (n == 0) return;
  }
}

std::uint64_t Pipeline::held() const noexcept {
  return tx_.held() + pending_.size() + (fragments_ ? fragments_->held() : 0);
}

}  // namespace spillway
