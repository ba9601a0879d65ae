#pragma once
// The configuration as a person wrote it, checked and with defaults filled in. Plain values: the
// dataplane never sees these, it reads the ConfigSnapshot compiled from them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/config/health_settings.h"
#include "control/socket/default_socket.h"
#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/flow_key.h"
#include "dataplane/net/addr.h"
#include "dataplane/units.h"
#include "dataplane/wan/balance_plan.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway::config {

/// Where a setting stands, for errors that are found after parsing.
struct Location {
  std::string file;
  unsigned line = 0;
};

struct Lan {
  std::string name;
  std::string port;        ///< see port_name.h
  std::uint16_t vlan = 0;  ///< 802.1Q id of a sub-interface; 0: the port's untagged frames
  Ipv4Interface address;
  std::optional<MacAddr> mac;  ///< default: the device's own
  std::uint16_t mtu = 1500;    ///< bytes of IP packet
  bool tap = true;             ///< a companion Linux interface, named like this
  Location where;
};

enum class Traffic : std::uint8_t { received, transmitted, either };

/// A rate for each direction: both the same where one was named, different where a part of each
/// direction's capacity was.
struct RateLimit {
  BitsPerSecond rx;
  BitsPerSecond tx;
  double share = 0;  ///< of the capacity, as it was written; 0: as rates

  static constexpr RateLimit both(BitsPerSecond rate) noexcept { return {rate, rate, 0}; }

  /// The one that a person thinks of: that of the compared direction.
  constexpr BitsPerSecond of(Traffic traffic) const noexcept {
    return traffic == Traffic::transmitted ? tx : rx;
  }
  constexpr bool operator==(const RateLimit&) const noexcept = default;
};

/// Own thresholds of an uplink for `bandwidth` mode: overloaded above `spill_above`, no longer
/// overloaded below `return_below`.
struct Threshold {
  Traffic traffic = Traffic::received;
  RateLimit spill_above;
  RateLimit return_below;
};

struct Uplink {
  std::string name;
  std::string port;
  std::uint16_t vlan = 0;
  Ipv4Interface address;
  Ipv4Addr gateway;
  std::string table;  ///< name of its routing table, e.g. ISP1_Route
  bool masquerade = true;
  unsigned distance = 1;  ///< of its default route in the main table
  std::uint32_t weight = 1;
  std::optional<BitsPerSecond> capacity_rx;
  std::optional<BitsPerSecond> capacity_tx;
  std::optional<Threshold> threshold;
  std::optional<MacAddr> mac;
  std::uint16_t mtu = 1500;
  bool tap = true;
  HealthSettings health;
  Location where;
};

struct AddressList {
  std::string name;
  std::vector<Ipv4Prefix> prefixes;
  Location where;
};

/// To everywhere by an uplink's gateway or, in the main table, to a network behind a LAN host.
struct Route {
  Ipv4Prefix to;
  Ipv4Addr via;
  unsigned distance = 1;
  bool check_gateway_ping = false;
  Location where;

  bool is_default() const { return to.length == 0; }
};

struct RouteTable {
  std::string name;
  std::vector<Route> routes;
  Location where;
};

struct Balance {
  BalanceMode mode = BalanceMode::failover;
  Sticky sticky = Sticky::connection;
  std::chrono::seconds sticky_for{300};  ///< since the last new connection
  Classifier classifier = Classifier::both_addresses;
  std::vector<std::string> order;  ///< uplink names; default: by distance, then as listed
  bool reserve = true;             ///< R32
  std::chrono::milliseconds sample{100};
  std::chrono::milliseconds window{1000};  ///< averaging window, a multiple of `sample`
  std::chrono::milliseconds dwell{0};      ///< least time between two switches
};

enum class Trigger : std::uint8_t { above, below };

/// A Traffic Monitor of the talk: when `interface`'s rate crosses `threshold`, new connections go
/// to `on_event`.
struct Monitor {
  std::string name;
  std::string interface;
  Traffic traffic = Traffic::received;
  Trigger trigger = Trigger::above;
  RateLimit threshold;
  std::string on_event;  ///< uplink name
  Location where;
};

struct PortRange {
  std::uint16_t first = 0;  ///< host order
  std::uint16_t last = 65535;
  constexpr bool operator==(const PortRange&) const noexcept = default;
};

struct PolicyRule {
  std::string name;
  Ipv4Prefix from{};
  Ipv4Prefix to{};
  std::optional<IpProto> protocol;
  PortRange from_ports;
  PortRange to_ports;
  std::vector<std::string> uplinks;  ///< one uplink or a group; empty: drop
  bool drop = false;
  Location where;
};

struct PortForward {
  std::string uplink;  ///< name, or empty: every uplink
  IpProto protocol = IpProto::tcp;
  PortRange ports;
  Ipv4Addr to;
  std::uint16_t to_port = 0;  ///< first port at the target; ranges map one to one
  Location where;
};

/// A service of the router's own Linux that uplinks may reach. For icmp: echo.
struct LocalService {
  std::string uplink;  ///< name, or empty: every uplink
  IpProto protocol = IpProto::tcp;
  PortRange ports;
  Location where;
};

/// What to do with the connections of an uplink that died (R35).
enum class OnFailure : std::uint8_t {
  reset,  ///< TCP: both ends on our side are told; others are placed anew by their next packet
  flush,  ///< the same without telling
  keep,   ///< nothing: they wait for the uplink
};

/// What to do with connections that fled, when their uplink is back (R36).
enum class Failback : std::uint8_t { stay, drain, now };

struct FailurePolicy {
  OnFailure on_failure = OnFailure::reset;
  Failback failback = Failback::stay;
  std::chrono::seconds drain{300};  ///< how long they may go on with `drain`
};

/// A command that runs upon an event.
struct Hook {
  std::string on;       ///< name of the event's kind
  std::string subject;  ///< of one uplink, port or monitor; empty: of all
  std::string command;  ///< for /bin/sh
  std::chrono::milliseconds timeout{10000};
  Location where;
};

/// What a worker does while nothing comes.
enum class Idle : std::uint8_t {
  poll,   ///< asks again at once: quickest, and its CPU is never idle
  pause,  ///< lets its CPU rest for microseconds
  sleep,  ///< gives it away when nothing has come for longer
};

/// The threads that forward.
struct Workers {
  std::optional<unsigned> count;  ///< nothing: as many as ports and CPUs are good for
  std::vector<unsigned> cpus;     ///< where they run; empty: chosen from those that may be used
  Idle idle = Idle::poll;

  bool operator==(const Workers&) const noexcept = default;
};

/// Who may talk to the router, and where.
struct ControlSocket {
  std::string path = kDefaultSocket;
  std::string group;        ///< whose members may look; empty: the one the router runs in
  std::string admin_group;  ///< whose members may change things too; empty: nobody more

  bool operator==(const ControlSocket&) const noexcept = default;
};

struct Limits {
  std::uint32_t connections = 262144;
  std::uint32_t per_lan_host = 0;  ///< 0: no limit (R06)
};

/// The HTTP server for Prometheus. Off where the file does not have the section.
struct Metrics {
  bool enabled = false;
  Ipv4Addr address = Ipv4Addr::of(127, 0, 0, 1);
  std::uint16_t port = 9709;

  std::string listen() const;  ///< "127.0.0.1:9709"
  bool operator==(const Metrics&) const noexcept = default;
};

struct Config {
  std::string file;
  std::vector<Lan> lans;
  std::vector<Uplink> uplinks;
  std::vector<AddressList> address_lists;
  std::vector<RouteTable> routes;  ///< "main" is always there
  Balance balance;
  std::vector<Monitor> monitors;
  std::vector<PolicyRule> policy;
  std::vector<PortForward> port_forwards;
  std::vector<LocalService> local_services;  ///< default: echo
  FailurePolicy failure;
  std::vector<Hook> hooks;
  std::string timeouts_profile = "routeros";
  Timeouts timeouts = kTimeoutsRouteros;
  bool tcp_loose = true;  ///< R16
  Limits limits;
  Workers workers;
  ControlSocket control;
  Metrics metrics;

  /// Position of the uplink called `name`, or nothing.
  std::optional<UplinkId> find_uplink(const std::string& name) const;
  /// The list called `name`, or null.
  const AddressList* find_list(const std::string& name) const;
  /// Routes of the main table to networks behind the LAN.
  std::vector<Route> lan_routes() const;
  /// Position of the LAN whose network holds `host`, other than the router itself there.
  std::optional<std::size_t> lan_of(Ipv4Addr host) const;
};

}  // namespace spillway::config
