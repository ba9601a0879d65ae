#pragma once
// The seed's network: one LAN, two uplinks, a host, a server.

#include "dataplane/path/config_snapshot.h"

namespace spillway::test {

inline constexpr PortIndex kLan = port_index(0);
inline constexpr PortIndex kWan1 = port_index(1);
inline constexpr PortIndex kWan2 = port_index(2);
inline constexpr MacAddr kRouterMac{{2, 0, 0, 0, 0, 1}};
inline constexpr UplinkId kIsp1 = uplink_id(0);
inline constexpr UplinkId kIsp2 = uplink_id(1);
inline constexpr Ipv4Addr kHost = Ipv4Addr::of(192, 168, 22, 10);
inline constexpr Ipv4Addr kRouter = Ipv4Addr::of(192, 168, 22, 1);
inline constexpr Ipv4Addr kServer = Ipv4Addr::of(8, 8, 8, 8);
inline constexpr Ipv4Addr kIsp1Address = Ipv4Addr::of(1, 1, 1, 32);
inline constexpr Ipv4Addr kIsp2Address = Ipv4Addr::of(2, 2, 2, 65);
inline constexpr Ipv4Addr kIsp1Gateway = Ipv4Addr::of(1, 1, 1, 1);
inline constexpr Ipv4Addr kIsp2Gateway = Ipv4Addr::of(2, 2, 2, 1);

/// The MAC address that hosts have in tests.
constexpr MacAddr mac_of(Ipv4Addr host) {
  return MacAddr{{2, 0, 0, 0, 1, static_cast<std::uint8_t>(host.host())}};
}

inline ConfigSnapshot seed_config() {
  ConfigSnapshot c;
  const Ipv4Interface lan{kRouter, 24};
  c.lans.push_back({lan, kLan});
  c.uplinks.push_back({{kIsp1Address, 24}, kIsp1Gateway, kWan1, true});
  c.uplinks.push_back({{kIsp2Address, 24}, kIsp2Gateway, kWan2, true});
  c.lan_list.prefixes = {lan.network()};
  c.connected_list.prefixes = {lan.network(), c.uplinks[0].interface.network(),
                               c.uplinks[1].interface.network()};
  c.plan.mode = BalanceMode::bandwidth;
  c.plan.uplinks = 2;
  for (std::size_t i = 0; i < 2; ++i) {
    c.plan.order[i] = c.plan.by_distance[i] = uplink_id(i);
    c.plan.weight[i] = 1;
  }
  return c;
}

}  // namespace spillway::test
