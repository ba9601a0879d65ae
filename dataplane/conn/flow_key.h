#pragma once
// The key of the connection table.

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "dataplane/net/addr.h"
#include "dataplane/net/ip_proto.h"
#include "dataplane/zone.h"

namespace spillway {

/// Address families share one table layout: an IPv6 key will be a wider type of its own and say so
/// here, so `family` keeps the two apart wherever bytes of keys are hashed or printed.
enum class Family : std::uint8_t { ipv4 = 4 };

/// 5-tuple and ingress zone, exactly as one direction's packets carry them; network byte order.
/// ICMP queries put their identifier in `src_port` (request) or `dst_port` (reply) and 0 in the
/// other; protocols without ports have 0 in both.
struct alignas(16) FlowKey {
  Ipv4Addr src;
  Ipv4Addr dst;
  L4Port src_port;
  L4Port dst_port;
  IpProto proto{};
  Zone zone = Zone::lan;
  Family family = Family::ipv4;
  std::uint8_t reserved = 0;

  constexpr bool operator==(const FlowKey&) const noexcept = default;
};
static_assert(sizeof(FlowKey) == 16 && std::has_unique_object_representations_v<FlowKey>);

/// The key of the packet that answers `key`, arriving in `zone`.
constexpr FlowKey reversed(const FlowKey& key, Zone zone) noexcept {
  return FlowKey{key.dst, key.src, key.dst_port, key.src_port, key.proto, zone, key.family, 0};
}

}  // namespace spillway
