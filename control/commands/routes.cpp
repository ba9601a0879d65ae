// The routing tables of a configuration, as they stand at a moment.

#include "control/balance/plan.h"
#include "control/commands/route_commands.h"

namespace spillway {
namespace {

std::string status_of(const std::string& health) {
  if (health == "admin-down") return "disabled";
  return health == "down" ? "unreachable" : "reachable";
}

class Tables {
 public:
  Tables(const config::Config& config, const RouteFacts& facts) : config_(config), facts_(facts) {
    const BalancePlan plan = make_balance_plan(config);
    for (std::size_t i = plan.uplinks; i-- > 0;)
      if (facts.usable.contains(plan.by_distance[i])) first_ = plan.by_distance[i];
  }

  void add_connected() {
    for (std::size_t i = 0; i < config_.lans.size(); ++i)
      add_connected(config_.lans[i], facts_.link[i] ? "reachable" : "unreachable");
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i)
      add_connected(config_.uplinks[i], status_of(facts_.health[i]));
  }

  void add(const config::RouteTable& table) {
    for (const config::Route& route : table.routes) {
      if (const auto uplink = uplink_by(route.via))
        add_default(table, route, *uplink);
      else if (const auto lan = config_.lan_of(route.via))
        add_lan_route(table, route, *lan);
    }
  }

  std::vector<RouteView> take() { return std::move(all_); }

 private:
  template <typename Side>
  void add_connected(const Side& side, const std::string& status) {
    all_.push_back({"main", to_string(side.address.network()), "", side.name, status, 0,
                    status == "reachable", true});
  }

  /// In the main table the first usable one by distance serves; a table of an uplink's own has
  /// no other way.
  void add_default(const config::RouteTable& table, const config::Route& route, std::size_t i) {
    const std::string status = status_of(facts_.health[i]);
    const bool serves = table.name == "main"
                            ? first_ == uplink_id(i)
                            : status == "reachable" && config_.uplinks[i].table == table.name;
    all_.push_back({table.name, to_string(route.to), to_string(route.via), config_.uplinks[i].name,
                    status, route.distance, serves, false});
  }

  void add_lan_route(const config::RouteTable& table, const config::Route& route, std::size_t lan) {
    const bool there = facts_.link[lan] && facts_.answers(lan, route.via);
    // Packets go there and ask for it; nothing else could take them.
    all_.push_back({table.name, to_string(route.to), to_string(route.via), config_.lans[lan].name,
                    there ? "reachable" : "unreachable", route.distance, true, false});
  }

  std::optional<std::size_t> uplink_by(Ipv4Addr gateway) const {
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i)
      if (config_.uplinks[i].gateway == gateway) return i;
    return std::nullopt;
  }

  const config::Config& config_;
  const RouteFacts& facts_;
  UplinkId first_ = UplinkId::none;
  std::vector<RouteView> all_;
};

}  // namespace

std::vector<RouteView> routes_of(const config::Config& config, const RouteFacts& facts) {
  Tables tables(config, facts);
  for (const config::RouteTable& table : config.routes)
    if (table.name == "main") tables.add(table);
  tables.add_connected();
  for (const config::RouteTable& table : config.routes)
    if (table.name != "main") tables.add(table);
  return tables.take();
}

}  // namespace spillway
