#include "dataplane/path/fragments.h"

#include <rte_ip.h>
#include <rte_ip_frag.h>
#include <rte_mbuf.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "dataplane/net/headers.h"
#include "dataplane/path/frame.h"

namespace spillway {
namespace {

constexpr std::uint32_t kBucketEntries = 16;

std::uint64_t ticks(TimePoint now) noexcept {
  return static_cast<std::uint64_t>(now.time_since_epoch().count());
}

rte_ipv4_hdr* header_of(rte_mbuf* packet, std::size_t at) noexcept {
  return rte_pktmbuf_mtod_offset(packet, rte_ipv4_hdr*, at);
}

/// The library sums up lengths without looking whether the total length can say them: such a
/// datagram would be longer than it claims (the "ping of death").
bool beyond_any_datagram(const rte_ipv4_hdr& ip) noexcept {
  const std::uint32_t offset = (rte_be_to_cpu_16(ip.fragment_offset) & 0x1fffu) * 8;
  return offset + rte_be_to_cpu_16(ip.total_length) > UINT16_MAX;
}

/// What fragments of one datagram share beside addresses and identification (RFC 791 3.2).
std::uint16_t tag_of(const rte_ipv4_hdr& ip, PortIndex port) noexcept {
  return static_cast<std::uint16_t>(ip.next_proto_id << 8 | static_cast<std::uint8_t>(port));
}

/// The library keeps apart by addresses and identification only: the tag goes into what it reads.
rte_ipv4_hdr as_looked_up(const rte_ipv4_hdr& ip, std::uint16_t tag) noexcept {
  rte_ipv4_hdr seen = ip;
  seen.src_addr ^= tag * 0x9e3779b1u;
  return seen;
}

/// Who chooses the source address can still make two tags meet there.
bool of_one_tag(const rte_mbuf* packet) noexcept {
  for (const rte_mbuf* part = packet->next; part != nullptr; part = part->next)
    if (part->port != packet->port) return false;
  return true;
}

}  // namespace

Fragments::Fragments(rte_mempool* headers, rte_mempool* bodies, int socket)
    : table_(rte_ip_frag_table_create(
          kDatagrams, kBucketEntries, kDatagrams,
          static_cast<std::uint64_t>(std::chrono::nanoseconds(kPatience).count()), socket)),
      dead_(std::make_unique<rte_ip_frag_death_row>()),
      headers_(headers),
      bodies_(bodies) {
  if (!table_) throw std::runtime_error("no memory for the fragment table");
}

Fragments::~Fragments() {
  while (expire(TimePoint::max()) > 0) {
  }
}

void Fragments::FreeTable::operator()(rte_ip_frag_tbl* table) const noexcept {
  rte_ip_frag_table_destroy(table);
}

/// Buffers, not entries: the library chains what fits before it finds a hole.
std::uint32_t Fragments::discard() noexcept {
  std::uint32_t n = 0;
  for (std::uint32_t i = 0; i < dead_->cnt; ++i) n += dead_->row[i]->nb_segs;
  rte_ip_frag_free_death_row(dead_.get(), 0);
  return n;
}

Fragments::Joined Fragments::join(rte_mbuf* packet, std::size_t header, PortIndex port,
                                  TimePoint now) noexcept {
  Joined joined;
  const rte_ipv4_hdr& piece = *header_of(packet, kEtherHeader);
  if (beyond_any_datagram(piece)) {
    rte_pktmbuf_free(packet);
    joined.discarded = 1;
    return joined;
  }
  packet->l2_len = kEtherHeader;
  packet->l3_len = static_cast<std::uint16_t>(header) & 0x1ffu;
  packet->port = tag_of(piece, port);
  rte_ipv4_hdr seen = as_looked_up(piece, packet->port);
  joined.packet =
      rte_ipv4_frag_reassemble_packet(table_.get(), dead_.get(), packet, ticks(now), &seen);
  joined.discarded = discard();
  held_ = held_ + 1 - joined.discarded;
  if (joined.packet == nullptr) return joined;
  held_ -= joined.packet->nb_segs;
  if (!of_one_tag(joined.packet)) {
    joined.discarded += joined.packet->nb_segs;
    rte_pktmbuf_free(joined.packet);
    joined.packet = nullptr;
    return joined;
  }
  joined.merged = joined.packet->nb_segs - 1u;
  rte_ipv4_hdr* ip = header_of(joined.packet, kEtherHeader);
  // A datagram that came in pieces may leave in pieces, whatever its first fragment said.
  ip->fragment_offset = 0;
  ip->hdr_checksum = 0;
  ip->hdr_checksum = rte_ipv4_cksum(ip);
  return joined;
}

std::uint32_t Fragments::expire(TimePoint now) noexcept {
  rte_ip_frag_table_del_expired_entries(table_.get(), dead_.get(), ticks(now));
  const std::uint32_t n = discard();
  held_ -= n;
  return n;
}

std::size_t Fragments::cut(rte_mbuf* packet, std::uint16_t mtu,
                           rte_mbuf* (&out)[kMostOut]) noexcept {
  // What follows the IPv4 packet in its frame is no data: the library would cut it up too.
  const std::uint32_t whole =
      kEtherHeader + rte_be_to_cpu_16(header_of(packet, kEtherHeader)->total_length);
  const std::uint32_t behind = packet->pkt_len - whole;
  if (behind > 0 && rte_pktmbuf_trim(packet, static_cast<std::uint16_t>(behind)) != 0) return 0;
  std::array<std::uint8_t, kEtherHeader> ether{};
  std::memcpy(ether.data(), frame_of(packet), ether.size());
  rte_pktmbuf_adj(packet, kEtherHeader);
  // The data of every fragment but the last is a multiple of 8 bytes (RFC 791 3.2).
  const auto header = static_cast<std::uint16_t>((frame_of(packet)[0] & 0x0fu) * 4u);
  const auto fits = static_cast<std::uint16_t>((mtu - header) / 8 * 8 + header);
  const int n = rte_ipv4_fragment_packet(packet, out, kMostOut, fits, headers_, bodies_);
  if (n <= 0) {
    rte_pktmbuf_prepend(packet, kEtherHeader);
    std::memcpy(frame_of(packet), ether.data(), ether.size());
    return 0;
  }
  for (int i = 0; i < n; ++i) {
    rte_ipv4_hdr* ip = header_of(out[i], 0);
    ip->hdr_checksum = 0;
    ip->hdr_checksum = rte_ipv4_cksum(ip);
    rte_pktmbuf_prepend(out[i], kEtherHeader);
    std::memcpy(frame_of(out[i]), ether.data(), ether.size());
  }
  rte_pktmbuf_free(packet);
  return static_cast<std::size_t>(n);
}

}  // namespace spillway
