#include "control/replay/engine/admission.h"

#include <algorithm>

namespace spillway::replay {
namespace {

constexpr Ipv4Prefix kThisNetwork{Ipv4Addr::of(0, 0, 0, 0), 8};
constexpr Ipv4Prefix kLoopback{Ipv4Addr::of(127, 0, 0, 0), 8};
constexpr Ipv4Prefix kMulticast{Ipv4Addr::of(224, 0, 0, 0), 4};
constexpr Ipv4Prefix kReserved{Ipv4Addr::of(240, 0, 0, 0), 4};
constexpr Ipv4Addr kEveryone = Ipv4Addr::of(255, 255, 255, 255);

bool ends_network(const Ipv4Interface& interface, Ipv4Addr a) {
  const Ipv4Prefix network = interface.network();
  return network.length < 31 && (a == network.base || a == network.broadcast());
}

bool in_range(const config::PortRange& range, std::uint16_t port) {
  return port >= range.first && port <= range.last;
}

bool any_ports(const config::PolicyRule& rule) {
  return rule.from_ports == config::PortRange{} && rule.to_ports == config::PortRange{};
}

bool matches(const config::PolicyRule& rule, const FlowKey& key) {
  const bool has_ports = key.proto == IpProto::tcp || key.proto == IpProto::udp;
  if (rule.protocol && *rule.protocol != key.proto) return false;
  if (!rule.from.contains(key.src) || !rule.to.contains(key.dst)) return false;
  if (!has_ports) return any_ports(rule);
  return in_range(rule.from_ports, key.src_port.host()) &&
         in_range(rule.to_ports, key.dst_port.host());
}

}  // namespace

bool Admission::is_own(Ipv4Addr a) const {
  const auto has = [a](const auto& side) { return side.address.address == a; };
  return std::any_of(config_.lans.begin(), config_.lans.end(), has) ||
         std::any_of(config_.uplinks.begin(), config_.uplinks.end(), has);
}

bool Admission::in_list(const char* name, Ipv4Addr a) const {
  const config::AddressList* list = config_.find_list(name);
  return list != nullptr && std::any_of(list->prefixes.begin(), list->prefixes.end(),
                                        [a](const Ipv4Prefix& p) { return p.contains(a); });
}

bool Admission::in_lan_network(Ipv4Addr a) const {
  return std::any_of(config_.lans.begin(), config_.lans.end(),
                     [a](const config::Lan& lan) { return lan.address.network().contains(a); });
}

std::optional<DropReason> Admission::bad_addresses(const FlowKey& key) const {
  const bool bad_source = kThisNetwork.contains(key.src) || kLoopback.contains(key.src) ||
                          kMulticast.contains(key.src) || kReserved.contains(key.src);
  if (bad_source || key.src == key.dst) return DropReason::martian_source;
  const auto ends = [&](const auto& side) { return ends_network(side.address, key.dst); };
  if (key.dst == kEveryone || std::any_of(config_.lans.begin(), config_.lans.end(), ends) ||
      std::any_of(config_.uplinks.begin(), config_.uplinks.end(), ends))
    return DropReason::broadcast;
  if (kMulticast.contains(key.dst)) return DropReason::multicast;
  if (kThisNetwork.contains(key.dst) || kLoopback.contains(key.dst) || kReserved.contains(key.dst))
    return DropReason::martian_destination;
  return std::nullopt;
}

bool Admission::stays_in_lan(const FlowKey& key) const {
  return in_lan_network(key.dst) && (in_list("LAN", key.dst) || in_list("Connected", key.dst));
}

const config::PolicyRule* Admission::rule_for(const FlowKey& key) const {
  const auto at = std::find_if(config_.policy.begin(), config_.policy.end(),
                               [&](const config::PolicyRule& rule) { return matches(rule, key); });
  return at == config_.policy.end() ? nullptr : &*at;
}

std::optional<DropReason> Admission::refusal_from_lan(const FlowKey& key) const {
  if (const auto bad = bad_addresses(key)) return bad;
  if (!in_list("LAN", key.src) || is_own(key.src)) return DropReason::lan_source_outside;
  if (is_own(key.dst)) return DropReason::punt_local;
  if (stays_in_lan(key)) return std::nullopt;
  if (in_list("Connected", key.src) && in_list("Connected", key.dst)) return std::nullopt;
  if (in_list("LAN", key.dst)) return DropReason::no_route;
  const config::PolicyRule* rule = rule_for(key);
  if (rule != nullptr && rule->drop) return DropReason::policy;
  return std::nullopt;
}

UplinkSet Admission::allowed_uplinks(const FlowKey& key) const {
  const UplinkSet all = UplinkSet::first(config_.uplinks.size());
  const config::PolicyRule* rule = rule_for(key);
  if (rule == nullptr || (in_list("Connected", key.src) && in_list("Connected", key.dst)))
    return all;
  UplinkSet allowed;
  for (const std::string& name : rule->uplinks)
    if (const auto id = config_.find_uplink(name)) allowed.insert(*id);
  return allowed;
}

Admission::Inbound Admission::from_uplink(const FlowKey& key, UplinkId uplink) const {
  if (const auto bad = bad_addresses(key)) return {bad, {}};
  if (in_list("LAN", key.src)) return {DropReason::uplink_source_inside, {}};
  const config::Uplink& side = config_.uplinks[index_of(uplink)];
  if (key.dst != side.address.address) return {DropReason::not_translated, {}};
  for (const config::PortForward& forward : config_.port_forwards) {
    const bool here = forward.uplink.empty() || forward.uplink == side.name;
    if (!here || forward.protocol != key.proto || !in_range(forward.ports, key.dst_port.host()))
      continue;
    Inbound admitted{std::nullopt, key};
    admitted.lan.dst = forward.to;
    admitted.lan.dst_port = L4Port::from_host(
        static_cast<std::uint16_t>(forward.to_port + (key.dst_port.host() - forward.ports.first)));
    return admitted;
  }
  return {DropReason::unsolicited, {}};
}

}  // namespace spillway::replay
