#pragma once
// The configuration as the workers read it: immutable, published as a whole.

#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/conn/conn_state.h"
#include "dataplane/net/addr.h"
#include "dataplane/path/forward_table.h"
#include "dataplane/path/local_services.h"
#include "dataplane/port_index.h"
#include "dataplane/wan/balance_plan.h"
#include "dataplane/wan/policy_table.h"

namespace spillway {

/// An address list of the talk. Matched on first packets only, so a scan of a few prefixes will do.
struct PrefixList {
  std::vector<Ipv4Prefix> prefixes;

  bool contains(Ipv4Addr a) const noexcept {
    for (const auto& p : prefixes)
      if (p.contains(a)) return true;
    return false;
  }
};

struct CaptureOrder;

struct LanSide {
  Ipv4Interface interface;
  PortIndex port = PortIndex::none;
};

struct UplinkSide {
  Ipv4Interface interface;
  Ipv4Addr gateway;
  PortIndex port = PortIndex::none;
  bool masquerade = true;
  L4Port probe_id{};  ///< ICMP identifier of the control core's probes; 0: it sends none
};

/// A network behind a router on the LAN.
struct LanRoute {
  Ipv4Prefix to;
  Ipv4Addr via;
  PortIndex port = PortIndex::none;
};

/// Immutable once published; read by workers within one iteration only.
struct ConfigSnapshot {
  std::vector<LanSide> lans;
  std::vector<UplinkSide> uplinks;
  std::vector<LanRoute> lan_routes;  ///< longest prefix first
  PrefixList lan_list;
  PrefixList connected_list;
  BalancePlan plan;
  PolicyTable policy;
  ForwardTable forwards;
  LocalServices local;
  Timeouts timeouts = kTimeoutsRouteros;
  bool tcp_loose = true;                        ///< R16
  bool forwarding = true;                       ///< false: an administrator has said `stop`
  std::uint32_t per_lan_host = 0;               ///< R06; 0: no limit
  std::shared_ptr<const CaptureOrder> capture;  ///< null: nobody wants to see frames
};

}  // namespace spillway
