#include "control/snapshot.h"

#include <algorithm>

#include "control/balance/plan.h"

namespace spillway {
namespace {

PrefixList prefixes(const config::Config& config, const char* name) {
  const config::AddressList* list = config.find_list(name);
  return list == nullptr ? PrefixList{} : PrefixList{list->prefixes};
}

UplinkSet members(const config::Config& config, const config::PolicyRule& rule) {
  UplinkSet set;
  for (const std::string& name : rule.uplinks)
    if (const auto id = config.find_uplink(name)) set.insert(*id);
  return set;
}

PolicyTable compile_policy(const config::Config& config) {
  std::vector<PolicyRuleSpec> specs;
  for (const config::PolicyRule& rule : config.policy)
    specs.push_back({rule.from,
                     rule.to,
                     rule.protocol,
                     {rule.from_ports.first, rule.from_ports.last},
                     {rule.to_ports.first, rule.to_ports.last},
                     members(config, rule),
                     rule.drop});
  return PolicyTable(specs);
}

/// A forward without an uplink is open on every one.
ForwardTable compile_forwards(const config::Config& config) {
  std::vector<PortForwardSpec> specs;
  for (const config::PortForward& forward : config.port_forwards)
    for (std::size_t i = 0; i < config.uplinks.size(); ++i)
      if (forward.uplink.empty() || forward.uplink == config.uplinks[i].name)
        specs.push_back({uplink_id(i), forward.protocol, forward.ports.first, forward.ports.last,
                         forward.to, forward.to_port});
  return ForwardTable(specs);
}

LocalServices compile_services(const config::Config& config) {
  std::vector<LocalService> open;
  for (const config::LocalService& service : config.local_services)
    open.push_back({service.uplink.empty() ? UplinkId::none : *config.find_uplink(service.uplink),
                    service.protocol, service.ports.first, service.ports.last});
  return LocalServices(std::move(open));
}

/// The longest prefix first.
std::vector<LanRoute> compile_lan_routes(const config::Config& config) {
  std::vector<LanRoute> routes;
  for (const config::Route& route : config.lan_routes())
    routes.push_back({route.to, route.via, lan_port(config.lan_of(route.via).value())});
  std::sort(routes.begin(), routes.end(),
            [](const LanRoute& a, const LanRoute& b) { return a.to.length > b.to.length; });
  return routes;
}

}  // namespace

std::unique_ptr<ConfigSnapshot> compile_snapshot(const config::Config& config, LocalDelivery local,
                                                 std::span<const L4Port> probe_ids,
                                                 std::shared_ptr<const CaptureOrder> capture) {
  auto snapshot = std::make_unique<ConfigSnapshot>();
  for (std::size_t i = 0; i < config.lans.size(); ++i)
    snapshot->lans.push_back({config.lans[i].address, lan_port(i)});
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) {
    const config::Uplink& uplink = config.uplinks[i];
    snapshot->uplinks.push_back({uplink.address, uplink.gateway, uplink_port(config, uplink_id(i)),
                                 uplink.masquerade,
                                 i < probe_ids.size() ? probe_ids[i] : L4Port{}});
  }
  snapshot->lan_list = prefixes(config, "LAN");
  snapshot->connected_list = prefixes(config, "Connected");
  snapshot->plan = make_balance_plan(config);
  snapshot->policy = compile_policy(config);
  snapshot->forwards = compile_forwards(config);
  snapshot->lan_routes = compile_lan_routes(config);
  snapshot->local = compile_services(config);
  snapshot->local.deliver = local == LocalDelivery::control_core;
  snapshot->timeouts = config.timeouts;
  snapshot->tcp_loose = config.tcp_loose;
  snapshot->per_lan_host = config.limits.per_lan_host;
  snapshot->capture = std::move(capture);
  return snapshot;
}

}  // namespace spillway
