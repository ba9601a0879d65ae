#include "control/config/config.h"

#include <algorithm>

namespace spillway::config {

std::optional<UplinkId> Config::find_uplink(const std::string& name) const {
  const auto at = std::find_if(uplinks.begin(), uplinks.end(),
                               [&](const Uplink& uplink) { return uplink.name == name; });
  if (at == uplinks.end()) return std::nullopt;
  return uplink_id(static_cast<std::size_t>(at - uplinks.begin()));
}

const AddressList* Config::find_list(const std::string& name) const {
  const auto at = std::find_if(address_lists.begin(), address_lists.end(),
                               [&](const AddressList& list) { return list.name == name; });
  return at == address_lists.end() ? nullptr : &*at;
}

std::vector<Route> Config::lan_routes() const {
  std::vector<Route> found;
  for (const RouteTable& table : routes)
    for (const Route& route : table.routes)
      if (!route.is_default()) found.push_back(route);
  return found;
}

std::optional<std::size_t> Config::lan_of(Ipv4Addr host) const {
  const auto at = std::find_if(lans.begin(), lans.end(), [host](const Lan& lan) {
    return lan.address.network().contains(host) && lan.address.address != host;
  });
  if (at == lans.end()) return std::nullopt;
  return static_cast<std::size_t>(at - lans.begin());
}

}  // namespace spillway::config
