#pragma once
// Which worker keeps a connection: what the cards' receive-side scaling comes to, in software, and
// the same answer where no card could give it.

#include <array>
#include <cstdint>

#include "dataplane/conn/flow_key.h"
#include "dataplane/net/parser.h"
#include "dataplane/net/rss_hash.h"
#include "dataplane/path/config_snapshot.h"

namespace spillway {

/// Both directions of every connection have one owner:
///
/// - between the LAN and an uplink: by the remote end and the host's port, as cards see it on both
///   sides. A translated port is chosen so that this stays true.
/// - to a forwarded port: by the target's port, which its answers carry, on either side.
/// - within the LAN: by both ends, the greater address taken for the remote one.
/// - of the router itself: by the other end, or its own address towards hosts of the LAN.
///
/// Follows from configuration and packet alone, so that every worker finds the same. Thread
/// contract: immutable once made; any.
class OwnerMap {
 public:
  static constexpr unsigned kMostWorkers = 64;

  /// For 1..kMostWorkers workers.
  OwnerMap(const RssHash& hash, unsigned workers) noexcept;

  /// The owner of packets with `key`, which names the zone that they came in by.
  unsigned owner(const ConfigSnapshot& config, const FlowKey& key) const noexcept;
  /// Who joins the fragments of a datagram: as cards do it, by the addresses.
  unsigned joiner(Zone zone, const ParsedPacket& fragment) const noexcept;
  /// The owner of all that has this index: what a card's table must say.
  unsigned owner_of(std::size_t index) const noexcept { return owners_[index]; }

  const RssHash& hash() const noexcept { return hash_; }
  unsigned workers() const noexcept { return workers_; }

 private:
  unsigned by(IpProto proto, Ipv4Addr remote, L4Port remote_port, L4Port host_port) const noexcept {
    return owners_[hash_.index(proto, remote, remote_port, host_port)];
  }
  unsigned by_source(const FlowKey& key) const noexcept {
    return by(key.proto, key.src, key.src_port, key.dst_port);
  }
  unsigned by_destination(const FlowKey& key) const noexcept {
    return by(key.proto, key.dst, key.dst_port, key.src_port);
  }
  unsigned of_uplink(const ConfigSnapshot& config, const FlowKey& key) const noexcept;

  RssHash hash_;
  unsigned workers_;
  std::array<std::uint8_t, RssHash::kMostIndices> owners_{};
};

}  // namespace spillway
