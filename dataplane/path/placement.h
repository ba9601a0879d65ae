#pragma once
// The decision over the first packet of a connection: who may open it, where it goes, what is
// translated. Everything here runs once a connection.

#include <cstdint>

#include "dataplane/conn/flow_key.h"
#include "dataplane/conn/mark.h"
#include "dataplane/drop_reason.h"
#include "dataplane/path/config_snapshot.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/affinity_table.h"
#include "dataplane/wan/placement_budget.h"

namespace spillway {

enum class PlacementKind : std::uint8_t {
  forward,  ///< a connection is to be made
  local,    ///< for the router itself, which has no Linux side: to the control core
  drop,
};

/// What `forward` needs to know; for the others only `reason`.
struct Placement {
  PlacementKind kind = PlacementKind::drop;
  DropReason reason = DropReason::no_route;
  Mark mark = Mark::no_mark;
  UplinkId uplink = UplinkId::none;  ///< where it leaves or came in; none within the LAN
  PortIndex egress = PortIndex::none;
  Zone reply_zone = Zone::lan;
  Ipv4Addr next_hop;              ///< on the egress port
  bool translate_source = false;  ///< SNAT to `translated.src`; its port is still to be chosen
  FlowKey translated;             ///< the 5-tuple as it leaves
};

/// What a decision depends on; it changes nothing but the affinity.
struct PlacementContext {
  const ConfigSnapshot& config;
  const ActiveWord& active;
  const PlacementBudget& budget;
  AffinityTable* affinity;  ///< may be null: hosts are not kept together then
  Millis now;
};

/// First packet from the LAN: local, Connected, policy, balance mode, in this order. Worker only.
Placement place_from_lan(const PlacementContext& context, const FlowKey& key) noexcept;

/// First packet from an uplink: port forward, or nothing of ours. Worker only.
Placement place_from_uplink(const PlacementContext& context, const FlowKey& key) noexcept;

/// First packet of the router's own Linux: a LAN host, or an uplink by the main table. Worker only.
Placement place_from_kernel(const PlacementContext& context, const FlowKey& key) noexcept;

/// Where a connection that is there already would go if its first packet came now: as rules, mode
/// and main table say, or along with its host. None: it would be refused, or it was opened from
/// outside and has no other way. `key` is that of its opener's packets. Worker only.
UplinkId place_again(const PlacementContext& context, const FlowKey& key, Mark mark) noexcept;

/// Where packets to `dst` leave on the LAN side: directly, or by a router there.
struct LanHop {
  const LanSide* lan = nullptr;  ///< null: not on the LAN side
  PortIndex port = PortIndex::none;
  Ipv4Addr next_hop;
};
LanHop lan_hop(const ConfigSnapshot& config, Ipv4Addr dst) noexcept;

/// Whether `address` is one of the router's own.
bool is_own(const ConfigSnapshot& config, Ipv4Addr address) noexcept;

/// The uplink that the main table gives for `dst`: a connected one, else the usable one with the
/// least distance; none when there is none. Any thread.
UplinkId main_table(const ConfigSnapshot& config, UplinkSet usable, Ipv4Addr dst) noexcept;

}  // namespace spillway
