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

}  // namespace spillway::config
