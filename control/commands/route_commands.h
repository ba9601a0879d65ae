#pragma once
// `show route`, `show address-lists`, `show neighbours`: as RouterOS lists them.

#include <functional>
#include <string>
#include <vector>

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// What the routes depend on beside the configuration.
struct RouteFacts {
  UplinkSet usable;                 ///< those that take new connections
  std::vector<std::string> health;  ///< of each uplink: "up", "down", ...
  std::vector<bool> link;           ///< of each LAN
  /// Whether a router in a LAN has answered.
  std::function<bool(std::size_t lan, Ipv4Addr router)> answers;
};

struct RouteView {
  std::string table;
  std::string to;
  std::string gateway;    ///< empty: directly
  std::string interface;  ///< a LAN or an uplink
  std::string status;     ///< "reachable", "unreachable", "disabled"
  unsigned distance = 0;  ///< 0: directly connected
  bool active = false;
  bool connected = false;  ///< a network of one of our ports
};

/// The main table, then each of the others, in the order of the configuration. Pure.
std::vector<RouteView> routes_of(const config::Config& config, const RouteFacts& facts);

struct NeighbourView {
  std::string interface;
  std::string address;
  std::string mac;    ///< empty: not known
  std::string state;  ///< "reachable", "probing", "incomplete"
  bool gateway = false;
  double confirmed_s = 0;  ///< seconds since it answered last
};

/// What the commands ask.
struct RouteSource {
  std::function<std::vector<RouteView>()> routes;
  std::function<std::vector<config::AddressList>()> lists;
  std::function<std::vector<NeighbourView>()> neighbours;
};

void add_route_commands(CommandTable& table, RouteSource source);

std::string routes_to_text(const std::vector<RouteView>& routes);
std::string routes_to_json(const std::vector<RouteView>& routes);
std::string lists_to_text(const std::vector<config::AddressList>& lists);
std::string lists_to_json(const std::vector<config::AddressList>& lists);
std::string neighbours_to_text(const std::vector<NeighbourView>& neighbours);
std::string neighbours_to_json(const std::vector<NeighbourView>& neighbours);

}  // namespace spillway
