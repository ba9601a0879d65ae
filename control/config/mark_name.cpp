#include "control/config/mark_name.h"

namespace spillway {

std::string mark_name(Mark mark, std::optional<UplinkId> uplink, const config::Config& config) {
  const std::string number = uplink ? std::to_string(index_of(*uplink) + 1) : "?";
  switch (mark) {
    case Mark::no_mark:
      return "no-mark";
    case Mark::wan_to_router:
      return "WAN" + number + "->ROS";
    case Mark::wan_to_lans:
      return "WAN" + number + "->LANs";
    case Mark::lan_to_wan:
      return "LAN->WAN";
    case Mark::sticky:
      return "Sticky_" + (uplink ? config.uplinks[index_of(*uplink)].name : number);
    case Mark::router_to_wan:
      break;
  }
  return "ROS->WAN" + number;
}

}  // namespace spillway
