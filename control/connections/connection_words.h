#pragma once
// The words for what connections are: protocols, states, endpoints. Reading and printing share
// them.

#include <optional>
#include <string>
#include <string_view>

#include "control/config/config.h"
#include "control/config/protocol_name.h"
#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/flow_key.h"
#include "dataplane/path/connection_query.h"

namespace spillway {

/// As `protocol_name` says it, or a number from 1 to 255; nothing for other words.
std::optional<IpProto> parse_protocol(std::string_view word);

/// "established", "syn-sent", "udp-stream", ...
std::string_view state_name(ConnState state);
/// Also as conntrack ("SYN_SENT") and the configuration ("tcp_syn_sent") write it.
std::optional<ConnState> parse_state(std::string_view word);
/// All of them, for errors.
std::string state_names();

/// Whether the packets of `proto` carry two ports.
constexpr bool has_ports(IpProto proto) noexcept {
  return proto == IpProto::tcp || proto == IpProto::udp;
}

/// "192.168.22.10:40000"; without a port the address alone.
std::string endpoint_name(Ipv4Addr address, L4Port port);

/// A row's mark with its uplink: "Sticky_ISP_1".
std::string mark_of(const ConnectionRow& row, const config::Config& config);
/// The name of its uplink, empty when it has none.
std::string uplink_of_row(const ConnectionRow& row, const config::Config& config);

/// What the other side sees: the source as translated, or empty when it is the same.
std::string source_translation(const ConnectionRow& row);
/// Where it really goes, or empty.
std::string destination_translation(const ConnectionRow& row);

}  // namespace spillway
