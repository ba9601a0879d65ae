#include "dataplane/path/placement.h"

namespace spillway {
namespace {

Placement refuse(DropReason reason, PlacementStep step) noexcept {
  Placement p;
  p.reason = reason;
  p.step = step;
  return p;
}

Placement at(PlacementStep step, Placement p) noexcept {
  p.step = step;
  return p;
}

/// RFC 1812 5.3.7 and RFC 1122 3.2.1.3: never a host's own address.
constexpr bool martian_source(Ipv4Addr a) noexcept {
  const std::uint32_t top = a.host() >> 24;
  return top == 0 || top == 127 || top >= 224;
}

bool broadcast_of_ours(const ConfigSnapshot& config, Ipv4Addr dst) noexcept {
  const auto is_broadcast = [dst](const Ipv4Interface& i) {
    const Ipv4Prefix network = i.network();
    // RFC 3021: a /31 has no broadcast address.
    return network.length < 31 && (dst == network.broadcast() || dst == network.base);
  };
  for (const auto& lan : config.lans)
    if (is_broadcast(lan.interface)) return true;
  for (const auto& uplink : config.uplinks)
    if (is_broadcast(uplink.interface)) return true;
  return false;
}

/// Addresses that no packet may carry over a router, whatever the rest of the configuration says.
struct AddressVerdict {
  bool refused = false;
  DropReason reason = DropReason::martian_source;
};
AddressVerdict judge_addresses(const ConfigSnapshot& config, const FlowKey& key) noexcept {
  if (martian_source(key.src) || key.src == key.dst) return {true, DropReason::martian_source};
  const std::uint32_t top = key.dst.host() >> 24;
  if (key.dst.host() == 0xffffffffu || broadcast_of_ours(config, key.dst))
    return {true, DropReason::broadcast};
  if (top >> 4 == 14) return {true, DropReason::multicast};
  if (top == 0 || top == 127 || top >= 240) return {true, DropReason::martian_destination};
  return {};
}

Placement towards_uplink(const ConfigSnapshot& config, const FlowKey& key, UplinkId id,
                         Mark mark) noexcept {
  const UplinkSide& uplink = config.uplinks[index_of(id)];
  Placement p;
  p.kind = PlacementKind::forward;
  p.mark = mark;
  p.uplink = id;
  p.egress = uplink.port;
  p.reply_zone = zone_of(id);
  p.next_hop = uplink.interface.network().contains(key.dst) ? key.dst : uplink.gateway;
  p.translated = key;
  p.translate_source = uplink.masquerade;
  if (uplink.masquerade) p.translated.src = uplink.interface.address;
  return p;
}

/// To a host on the LAN side; `to` differs from the key for a port forward.
Placement towards_lan(const ConfigSnapshot& config, const FlowKey& key, const FlowKey& to,
                      Mark mark) noexcept {
  const LanHop hop = lan_hop(config, to.dst);
  if (hop.lan == nullptr) return refuse(DropReason::no_route, PlacementStep::within_lan);
  Placement p;
  p.kind = PlacementKind::forward;
  p.mark = mark;
  p.uplink = uplink_of(key.zone);
  p.egress = hop.port;
  p.reply_zone = Zone::lan;
  p.next_hop = hop.next_hop;
  p.translated = to;
  return p;
}

/// To the router's own Linux.
Placement towards_kernel(const FlowKey& key, Mark mark) noexcept {
  Placement p;
  p.kind = PlacementKind::forward;
  p.mark = mark;
  p.uplink = uplink_of(key.zone);
  p.egress = PortIndex::kernel;
  p.reply_zone = Zone::kernel;
  p.translated = key;
  return p;
}

/// A LAN host that uses an uplink's public address reaches the forward's target (R07). The target
/// sees that address as the source, as any other server would (RFC 4787 REQ-9a), and its answers
/// come back through here.
Placement hairpin(const ConfigSnapshot& config, const FlowKey& key,
                  const ForwardTarget& target) noexcept {
  FlowKey to = key;
  to.dst = target.address;
  to.dst_port = target.port;
  Placement p = towards_lan(config, key, to, Mark::wan_to_lans);
  if (p.kind != PlacementKind::forward) return p;
  p.translate_source = true;
  p.translated.src = key.dst;
  return p;
}

/// To the control core.
Placement punted() noexcept {
  Placement p;
  p.kind = PlacementKind::local;
  p.reason = DropReason::punt_local;
  return p;
}

/// An answer to a probe of the control core (R34): an echo reply stands with its identifier in the
/// requester's port and 0 in the other, see read_icmp.
bool answers_probe(const UplinkSide& uplink, const FlowKey& key) noexcept {
  return key.proto == IpProto::icmp && uplink.probe_id != L4Port{} &&
         key.dst_port == uplink.probe_id && key.src_port == L4Port{};
}

/// From the LAN to one of the router's own addresses.
Placement place_local(const ConfigSnapshot& config, const FlowKey& key) noexcept {
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) {
    if (config.uplinks[i].interface.address != key.dst) continue;
    const auto target = config.forwards.find(uplink_id(i), key.proto, key.dst_port);
    if (target) return at(PlacementStep::hairpin, hairpin(config, key, *target));
  }
  return at(PlacementStep::to_router,
            config.local.deliver ? towards_kernel(key, Mark::no_mark) : punted());
}

/// Connected to Connected: accepted without a mark, routed by the main table (the talk's first
/// mangle rule).
Placement place_connected(const PlacementContext& context, const FlowKey& key) noexcept {
  constexpr PlacementStep step = PlacementStep::connected;
  const Placement lan = towards_lan(context.config, key, key, Mark::no_mark);
  if (lan.kind == PlacementKind::forward) return at(step, lan);
  const UplinkId id = main_table(context.config, context.active.usable, key.dst);
  if (id == UplinkId::none) return refuse(DropReason::no_uplink, step);
  return at(step, towards_uplink(context.config, key, id, Mark::no_mark));
}

bool keeps_hosts_together(const PlacementContext& context) noexcept {
  return context.config.plan.sticky != Sticky::connection && context.affinity != nullptr;
}

/// Where the host's connections go already, or else where the mode says.
Choice find_place(const PlacementContext& context, UplinkSet candidates,
                  const FlowKey& key) noexcept {
  const BalancePlan& plan = context.config.plan;
  if (keeps_hosts_together(context)) {
    const UplinkId id = context.affinity->find(plan.sticky, key, context.now, plan.sticky_ms);
    if ((candidates & context.active.usable).contains(id))
      return {id, ChoiceReason::along_with_source};
  }
  return select_uplink(plan, context.active, candidates, key, context.budget);
}

UplinkSet candidates_of(const ConfigSnapshot& config, const PolicyVerdict& policy) noexcept {
  return policy.matched ? policy.candidates : UplinkSet::first(config.uplinks.size());
}

/// To the internet: rules, then the mode.
Placement place_by_policy(const PlacementContext& context, const FlowKey& key) noexcept {
  const PolicyVerdict policy = context.config.policy.classify(key);
  const UplinkSet candidates = candidates_of(context.config, policy);
  Choice choice;
  Placement p;
  if (!policy.matched || !policy.drop) choice = find_place(context, candidates, key);
  if (choice.uplink != UplinkId::none)
    p = towards_uplink(context.config, key, choice.uplink, Mark::sticky);
  else
    p.reason = policy.matched && policy.drop ? DropReason::policy : DropReason::no_uplink;
  p.step = policy.matched ? PlacementStep::policy : PlacementStep::mode;
  p.choice = choice.reason;
  p.rule = policy.rule;
  p.by_rule = policy.matched;
  p.candidates = candidates;
  return p;
}

Placement place_from_lan(const PlacementContext& context, const FlowKey& key) noexcept {
  const ConfigSnapshot& config = context.config;
  if (!config.lan_list.contains(key.src) || is_own(config, key.src))
    return refuse(DropReason::lan_source_outside, PlacementStep::source);
  if (is_own(config, key.dst)) return place_local(config, key);
  if (config.connected_list.contains(key.src) && config.connected_list.contains(key.dst))
    return place_connected(context, key);
  if (config.lan_list.contains(key.dst))
    return at(PlacementStep::within_lan, towards_lan(config, key, key, Mark::no_mark));
  return place_by_policy(context, key);
}

Placement place_from_uplink(const ConfigSnapshot& config, const FlowKey& key) noexcept {
  if (config.lan_list.contains(key.src))
    return refuse(DropReason::uplink_source_inside, PlacementStep::source);
  const UplinkId id = uplink_of(key.zone);
  if (config.uplinks[index_of(id)].interface.address != key.dst)
    return refuse(DropReason::not_translated, PlacementStep::not_for_us);
  if (answers_probe(config.uplinks[index_of(id)], key))
    return at(PlacementStep::probe_answer, punted());
  const auto target = config.forwards.find(id, key.proto, key.dst_port);
  if (!target && config.local.deliver && config.local.is_open(id, key.proto, key.dst_port))
    return at(PlacementStep::service, towards_kernel(key, Mark::wan_to_router));
  if (!target) return refuse(DropReason::unsolicited, PlacementStep::nothing_open);
  FlowKey to = key;
  to.dst = target->address;
  to.dst_port = target->port;
  return at(PlacementStep::forward, towards_lan(config, key, to, Mark::wan_to_lans));
}

Placement place_from_kernel(const PlacementContext& context, const FlowKey& key) noexcept {
  const ConfigSnapshot& config = context.config;
  if (!is_own(config, key.src)) return refuse(DropReason::martian_source, PlacementStep::source);
  const Placement lan = towards_lan(config, key, key, Mark::no_mark);
  if (lan.kind == PlacementKind::forward) return at(PlacementStep::own_to_lan, lan);
  const UplinkId id = main_table(config, context.active.usable, key.dst);
  if (id == UplinkId::none) return refuse(DropReason::no_uplink, PlacementStep::own_by_main_table);
  Placement p = towards_uplink(config, key, id, Mark::router_to_wan);
  // Linux may have chosen the address of another uplink, or one that is taken (R23, R01).
  p.translate_source = true;
  p.translated.src = config.uplinks[index_of(id)].interface.address;
  return at(PlacementStep::own_by_main_table, p);
}

}  // namespace

bool is_own(const ConfigSnapshot& config, Ipv4Addr address) noexcept {
  for (const auto& lan : config.lans)
    if (lan.interface.address == address) return true;
  for (const auto& uplink : config.uplinks)
    if (uplink.interface.address == address) return true;
  return false;
}

LanHop lan_hop(const ConfigSnapshot& config, Ipv4Addr dst) noexcept {
  for (const LanSide& lan : config.lans)
    if (lan.interface.network().contains(dst)) return {&lan, lan.port, dst};
  for (const LanRoute& route : config.lan_routes) {
    if (!route.to.contains(dst)) continue;
    for (const LanSide& lan : config.lans)
      if (lan.port == route.port) return {&lan, lan.port, route.via};
  }
  return {};
}

UplinkId main_table(const ConfigSnapshot& config, UplinkSet usable, Ipv4Addr dst) noexcept {
  for (std::size_t i = 0; i < config.uplinks.size(); ++i)
    if (config.uplinks[i].interface.network().contains(dst)) return uplink_id(i);
  for (std::size_t i = 0; i < config.plan.uplinks; ++i)
    if (usable.contains(config.plan.by_distance[i])) return config.plan.by_distance[i];
  return UplinkId::none;
}

Placement place(const PlacementContext& context, const FlowKey& key) noexcept {
  const AddressVerdict verdict = judge_addresses(context.config, key);
  if (verdict.refused) return refuse(verdict.reason, PlacementStep::addresses);
  if (key.zone == Zone::lan) return place_from_lan(context, key);
  if (key.zone == Zone::kernel) return place_from_kernel(context, key);
  return place_from_uplink(context.config, key);
}

void remember_place(const ConfigSnapshot& config, AffinityTable* affinity, const FlowKey& key,
                    UplinkId uplink, Millis now) noexcept {
  if (config.plan.sticky != Sticky::connection && affinity != nullptr)
    affinity->remember(config.plan.sticky, key, uplink, now);
}

bool is_promised(const ConfigSnapshot& config, const Placement& placement,
                 const FlowKey& translated) noexcept {
  if (placement.uplink == UplinkId::none) return false;
  if (translated.proto == IpProto::icmp)
    return translated.src_port == config.uplinks[index_of(placement.uplink)].probe_id;
  if (config.forwards.find(placement.uplink, translated.proto, translated.src_port)) return true;
  return config.local.deliver &&
         config.local.is_open(placement.uplink, translated.proto, translated.src_port);
}

UplinkId place_again(const PlacementContext& context, const FlowKey& key, Mark mark) noexcept {
  const ConfigSnapshot& config = context.config;
  switch (mark) {
    case Mark::sticky: {
      const PolicyVerdict policy = config.policy.classify(key);
      if (policy.matched && policy.drop) return UplinkId::none;
      return find_place(context, candidates_of(config, policy), key).uplink;
    }
    case Mark::no_mark:
    case Mark::router_to_wan:
      return main_table(config, context.active.usable, key.dst);
    case Mark::wan_to_router:
    case Mark::wan_to_lans:
    case Mark::lan_to_wan:
      break;
  }
  return UplinkId::none;
}

}  // namespace spillway
