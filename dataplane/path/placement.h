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
#include "dataplane/wan/selection.h"

namespace spillway {

enum class PlacementKind : std::uint8_t {
  forward,  ///< a connection is to be made
  local,    ///< for the router itself, which has no Linux side: to the control core
  drop,
};

/// Where in the order of questions a decision fell: what people are told when they ask why.
enum class PlacementStep : std::uint8_t {
  addresses,         ///< one that no packet may carry over a router
  source,            ///< it may not come from there
  to_router,         ///< to an address of the router's own, which answers itself
  hairpin,           ///< from the LAN to an uplink's address: a port forward
  connected,         ///< between Connected networks: the main table
  within_lan,        ///< to a network behind the LAN
  policy,            ///< a rule
  mode,              ///< no rule: any uplink, as the mode chooses
  not_for_us,        ///< from an uplink, to another address than its own
  probe_answer,      ///< to the control core
  service,           ///< from an uplink to a service of the router's own
  forward,           ///< from an uplink to a forwarded port
  nothing_open,      ///< from an uplink to a port where nobody listens
  own_to_lan,        ///< the router's own, to a host of the LAN
  own_by_main_table  ///< the router's own, to the internet
};

/// What `forward` needs to know; for the others only `reason`. And how it came about: `rule` counts
/// when `by_rule`, `choice` at the steps `policy` and `mode`.
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
  PlacementStep step = PlacementStep::addresses;
  ChoiceReason choice = ChoiceReason::none_usable;
  std::uint16_t rule = 0;  ///< position of the policy rule that matched
  bool by_rule = false;    ///< whether one did
  UplinkSet candidates;    ///< that were chosen from, usable or not
};

/// What a decision depends on; it changes nothing.
struct PlacementContext {
  const ConfigSnapshot& config;
  const ActiveWord& active;
  const PlacementBudget& budget;
  const AffinityTable* affinity;  ///< may be null: hosts are not kept together then
  Millis now;
};

/// The first packet of a connection that comes in by the key's zone. This is all there is to the
/// decision: workers ask for each connection, and whoever wants to know why asks the same. Any
/// thread that may read the configuration.
///
/// - from the LAN: local, Connected, policy, balance mode, in this order.
/// - from an uplink: port forward, service of the router's own, or nothing of ours.
/// - from the router's own Linux: a LAN host, or an uplink by the main table.
Placement place(const PlacementContext& context, const FlowKey& key) noexcept;

/// What makes the next connections of its host join this one, where the mode wants that; once it is
/// there. Worker only.
void remember_place(const ConfigSnapshot& config, AffinityTable* affinity, const FlowKey& key,
                    UplinkId uplink, Millis now) noexcept;

/// Whether the source port of `translated` is the router's own already: forwarded, a service, or
/// the identifier of its probes (R03). Any thread.
bool is_promised(const ConfigSnapshot& config, const Placement& placement,
                 const FlowKey& translated) noexcept;

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
