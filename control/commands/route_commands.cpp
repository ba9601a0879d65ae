#include "control/commands/route_commands.h"

#include <fmt/format.h>

#include "control/commands/json_text.h"
#include "control/commands/text_table.h"
#include "control/commands/view_command.h"

namespace spillway {

std::string routes_to_text(const std::vector<RouteView>& routes) {
  std::string text = "Flags: A active, C connected, S static\n";
  TextTable table({figures("#"),
                   {""},
                   {"TABLE"},
                   {"DST-ADDRESS"},
                   {"GATEWAY"},
                   {"GATEWAY-STATUS"},
                   figures("DISTANCE")});
  for (const RouteView& r : routes)
    table.add({std::to_string(&r - routes.data()),
               std::string(r.active ? "A" : " ") + (r.connected ? "C" : "S"), r.table, r.to,
               r.connected ? r.interface : r.gateway,
               (r.connected ? "" : r.gateway + " ") + r.status + " " + r.interface,
               std::to_string(r.distance)});
  return text + table.text();
}

std::string routes_to_json(const std::vector<RouteView>& routes) {
  Json list = Json::array();
  for (const RouteView& r : routes) {
    Json json = {{"table", r.table},   {"to", r.to},
                 {"gateway", nullptr}, {"interface", r.interface},
                 {"status", r.status}, {"distance", r.distance},
                 {"active", r.active}, {"connected", r.connected}};
    if (!r.connected) json["gateway"] = r.gateway;
    list.push_back(std::move(json));
  }
  return json_text(list);
}

std::string lists_to_text(const std::vector<config::AddressList>& lists) {
  TextTable table({{"LIST"}, {"ADDRESS"}});
  for (const config::AddressList& list : lists)
    for (const Ipv4Prefix& prefix : list.prefixes) table.add({list.name, to_string(prefix)});
  return table.text();
}

std::string lists_to_json(const std::vector<config::AddressList>& lists) {
  Json json = Json::object();
  for (const config::AddressList& list : lists) {
    json[list.name] = Json::array();
    for (const Ipv4Prefix& prefix : list.prefixes) json[list.name].push_back(to_string(prefix));
  }
  return json_text(json);
}

std::string neighbours_to_text(const std::vector<NeighbourView>& neighbours) {
  TextTable table(
      {{"INTERFACE"}, {"ADDRESS"}, {"MAC-ADDRESS"}, {"STATE"}, figures("ANSWERED"), {""}});
  for (const NeighbourView& n : neighbours)
    table.add({n.interface, n.address, n.mac.empty() ? "-" : n.mac, n.state,
               n.mac.empty() ? "never" : fmt::format("{:.1f} s ago", n.confirmed_s),
               n.gateway ? "gateway" : ""});
  return table.text();
}

std::string neighbours_to_json(const std::vector<NeighbourView>& neighbours) {
  Json list = Json::array();
  for (const NeighbourView& n : neighbours) {
    Json json = {{"interface", n.interface}, {"address", n.address}, {"mac", nullptr},
                 {"state", n.state},         {"gateway", n.gateway}, {"confirmed_s", nullptr}};
    if (!n.mac.empty()) json["mac"] = n.mac;
    if (!n.mac.empty()) json["confirmed_s"] = n.confirmed_s;
    list.push_back(std::move(json));
  }
  return json_text(list);
}

void add_route_commands(CommandTable& table, RouteSource source) {
  add_view<std::vector<RouteView>>(table, "show route", "the main table and those of the uplinks",
                                   std::move(source.routes), routes_to_text, routes_to_json);
  add_view<std::vector<config::AddressList>>(table, "show address-lists", "LAN, Connected, ...",
                                             std::move(source.lists), lists_to_text, lists_to_json);
  add_view<std::vector<NeighbourView>>(table, "show neighbours", "who has answered ARP",
                                       std::move(source.neighbours), neighbours_to_text,
                                       neighbours_to_json);
}

}  // namespace spillway
