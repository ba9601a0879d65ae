// Address lists and routing tables.

#include <algorithm>

#include "control/config/parts.h"

namespace spillway::config {
namespace {

constexpr Ipv4Prefix kDefault{Ipv4Addr{0}, 0};
constexpr char kPrefixForm[] = "a prefix without host bits, such as \"192.0.2.0/24\"";

void read_list(Section& section, const std::string& name, Config& config) {
  AddressList list;
  list.name = name;
  list.where = section.where();
  section.each_text(name.c_str(), [&](const std::string& text) {
    if (const auto prefix = parse_prefix(text))
      list.prefixes.push_back(*prefix);
    else
      section.mistake(name.c_str(), "found \"" + text + "\"; allowed: " + kPrefixForm);
  });
  config.address_lists.push_back(std::move(list));
}

/// The lists of the talk, when the file leaves them out. Networks behind the LAN belong to it.
void complete_lists(Config& config) {
  if (config.find_list("LAN") == nullptr) {
    AddressList lan{"LAN", {}, {}};
    for (const Lan& side : config.lans) lan.prefixes.push_back(side.address.network());
    for (const Route& route : config.lan_routes()) lan.prefixes.push_back(route.to);
    config.address_lists.push_back(std::move(lan));
  }
  if (config.find_list("Connected") != nullptr) return;
  AddressList connected{"Connected", {}, {}};
  for (const Lan& side : config.lans) connected.prefixes.push_back(side.address.network());
  for (const Uplink& side : config.uplinks) connected.prefixes.push_back(side.address.network());
  config.address_lists.push_back(std::move(connected));
}

Uplink* uplink_with_gateway(Config& config, Ipv4Addr gateway) {
  const auto at = std::find_if(config.uplinks.begin(), config.uplinks.end(),
                               [&](const Uplink& u) { return u.gateway == gateway; });
  return at == config.uplinks.end() ? nullptr : &*at;
}

constexpr char kViaForm[] = "the gateway of an uplink, or a router in a LAN";

Route read_route(Section& section) {
  Route route;
  route.where = section.where();
  route.to = section.parsed("to", parse_prefix, kPrefixForm).value_or(kDefault);
  section.require("via", kViaForm);
  route.via = section.parsed("via", parse_ipv4, kViaForm).value_or(Ipv4Addr{});
  route.distance = static_cast<unsigned>(section.integer("distance", 1, 255).value_or(1));
  route.check_gateway_ping =
      section.choice<bool>("check_gateway", {{"ping", true}, {"none", false}}).value_or(false);
  return route;
}

template <typename Sides>
bool within_a_network(const Sides& sides, const Ipv4Prefix& to) {
  return std::any_of(sides.begin(), sides.end(), [&](const auto& side) {
    const Ipv4Prefix network = side.address.network();
    return to.length >= network.length && network.contains(to.base);
  });
}

/// To a network behind the LAN.
void check_lan_route(Section& section, const RouteTable& table, const Route& route,
                     const Config& config) {
  if (table.name != "main")
    section.reject("to", "\"0.0.0.0/0\": networks behind the LAN stand in the table main");
  if (!config.lan_of(route.via))
    section.reject("via", "a router in a LAN; which uplink serves a network, `policy` says");
  if (within_a_network(config.lans, route.to) || within_a_network(config.uplinks, route.to))
    section.reject("to", "a network that is not connected itself");
  if (section.has("check_gateway")) section.reject("check_gateway", "none: default routes only");
  for (const Route& other : table.routes)
    if (other.to == route.to)
      section.mistake("to", "\"" + to_string(route.to) + "\" stands already at line " +
                                std::to_string(other.where.line) +
                                "; allowed: one route for each network");
}

void check_default_route(Section& section, const RouteTable& table, const Route& route,
                         Config& config) {
  Uplink* uplink = uplink_with_gateway(config, route.via);
  if (uplink != nullptr && route.check_gateway_ping && !uplink->health.ping)
    uplink->health.ping = uplink->health.usual;
  if (uplink == nullptr)
    section.reject("via", "the gateway of an uplink");
  else if (table.name == "main")
    uplink->distance = route.distance;
  else if (uplink->table != table.name)
    section.reject("via", "the gateway of the uplink whose table is " + table.name);
  for (const Route& other : table.routes)
    if (other.is_default() && other.via == route.via)
      section.mistake("via", to_string(route.via) +
                                 " stands in this table already; allowed: one route for each "
                                 "gateway");
}

void check_route(Section& section, const RouteTable& table, const Route& route, Config& config) {
  if (route.via == Ipv4Addr{}) return;
  if (route.is_default())
    check_default_route(section, table, route, config);
  else
    check_lan_route(section, table, route, config);
}

void read_table(Section& section, const std::string& name, Config& config) {
  RouteTable table;
  table.name = name;
  table.where = section.where();
  const bool used = name == "main" || std::any_of(config.uplinks.begin(), config.uplinks.end(),
                                                  [&](const Uplink& u) { return u.table == name; });
  if (!used)
    section.mistake(name.c_str(),
                    "no uplink has this table; allowed: main, or the `table` of an uplink");
  section.each_group(name.c_str(), [&](Section& s) {
    const Route route = read_route(s);
    if (used) check_route(s, table, route, config);
    table.routes.push_back(route);
  });
  config.routes.push_back(std::move(table));
}

RouteTable* find_table(Config& config, const std::string& name) {
  const auto at = std::find_if(config.routes.begin(), config.routes.end(),
                               [&](const RouteTable& t) { return t.name == name; });
  return at == config.routes.end() ? nullptr : &*at;
}

/// A main table that names no way to the internet gets the uplinks'.
void complete_main(Config& config) {
  if (find_table(config, "main") == nullptr)
    config.routes.insert(config.routes.begin(), RouteTable{"main", {}, {}});
  auto& routes = find_table(config, "main")->routes;
  const auto is_default = [](const Route& r) { return r.is_default(); };
  if (std::any_of(routes.begin(), routes.end(), is_default)) return;
  for (const Uplink& u : config.uplinks)
    routes.push_back({kDefault, u.gateway, u.distance, false, u.where});
}

void complete_tables(Section& root, Config& config) {
  complete_main(config);
  for (const Uplink& u : config.uplinks) {
    const RouteTable* main = find_table(config, "main");
    const bool in_main = std::any_of(main->routes.begin(), main->routes.end(),
                                     [&](const Route& r) { return r.via == u.gateway; });
    if (!in_main)
      root.mistake("routes",
                   "main has no route by " + u.name + "; allowed: one via " + to_string(u.gateway));
    if (find_table(config, u.table) == nullptr)
      config.routes.push_back({u.table, {{kDefault, u.gateway, 1, false, u.where}}, u.where});
  }
}

}  // namespace

void read_address_lists(Section& root, Config& config) {
  root.group("address_lists", [&](Section& section) {
    for (const std::string& name : section.keys()) read_list(section, name, config);
  });
  complete_lists(config);
}

void read_routes(Section& root, Config& config) {
  root.group("routes", [&](Section& section) {
    for (const std::string& name : section.keys()) read_table(section, name, config);
  });
  complete_tables(root, config);
}

}  // namespace spillway::config
