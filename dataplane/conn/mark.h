#pragma once

#include <cstddef>
#include <cstdint>

namespace spillway {

/// Who opened a connection and how it was placed: the talk's connection marks. The uplink number
/// that completes `WANn->ROS` or `Sticky_ISPn` is kept beside it in the Connection.
enum class Mark : std::uint8_t {
  no_mark,        ///< Connected to Connected, routed by the main table
  wan_to_router,  ///< `WANn->ROS`
  wan_to_lans,    ///< `WANn->LANs`
  lan_to_wan,     ///< `LAN->WAN`, not placed yet
  sticky,         ///< `Sticky_<uplink>`
  router_to_wan,  ///< `ROS->WANn`
};
inline constexpr std::size_t kMarks = 6;

}  // namespace spillway
