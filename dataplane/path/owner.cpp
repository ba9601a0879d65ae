#include "dataplane/path/owner.h"

#include "dataplane/path/placement.h"

namespace spillway {

OwnerMap::OwnerMap(const RssHash& hash, unsigned workers) noexcept
    : hash_(hash), workers_(workers) {
  for (std::size_t i = 0; i < hash_.indices(); ++i)
    owners_[i] = static_cast<std::uint8_t>(i % workers);
}

unsigned OwnerMap::owner(const ConfigSnapshot& config, const FlowKey& key) const noexcept {
  if (is_uplink(key.zone)) return of_uplink(config, key);
  const bool to_lan = lan_hop(config, key.dst).lan != nullptr && !is_own(config, key.dst);
  if (!to_lan) return by_destination(key);
  // Linux speaks to a LAN host from an address that the host takes for the remote one.
  if (key.zone == Zone::kernel) return by_source(key);
  return key.src < key.dst ? by_destination(key) : by_source(key);
}

unsigned OwnerMap::of_uplink(const ConfigSnapshot& config, const FlowKey& key) const noexcept {
  const UplinkId id = uplink_of(key.zone);
  const auto target = config.uplinks[index_of(id)].interface.address == key.dst
                          ? config.forwards.find(id, key.proto, key.dst_port)
                          : std::nullopt;
  return by(key.proto, key.src, key.src_port, target ? target->port : key.dst_port);
}

unsigned OwnerMap::joiner(Zone zone, const ParsedPacket& fragment) const noexcept {
  const Ipv4Addr remote = is_uplink(zone) ? fragment.src() : fragment.dst();
  // A protocol without ports: that is how the first fragment must be taken too.
  return by(IpProto::icmp, remote, {}, {});
}

}  // namespace spillway
