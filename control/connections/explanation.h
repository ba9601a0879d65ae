#pragma once
// Why a connection goes where it goes: the decision that workers take for a first packet, taken
// once more with what they know now, and put into words.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/commands/uplink_commands.h"
#include "control/config/config.h"
#include "dataplane/path/placement.h"

namespace spillway {

/// What a decision depends on. Thread contract: control only; valid as long as what it names.
struct ExplainState {
  const config::Config& config;
  PlacementContext context;            ///< of the worker that would keep the connection
  std::uint32_t host_connections = 0;  ///< of the source, so far
  std::vector<UplinkView> uplinks;     ///< in the order of the configuration
};

/// An uplink and what spoke for and against it.
struct CandidateView {
  UplinkView uplink;
  bool candidate = false;  ///< the rule, or the lack of one, lets it be chosen
  bool chosen = false;
  std::optional<double> load;             ///< part of its limit, with what was just placed
  std::optional<std::uint32_t> headroom;  ///< connections that fit before the next sample
};

struct RuleView {
  std::string name;
  config::Location where;
};

/// Thread contract: value type.
struct Explanation {
  FlowKey key;
  std::string from;  ///< "LAN", "router", or an uplink's name
  Placement placement;
  std::optional<DropReason> drop;
  std::string because;  ///< a sentence
  std::optional<RuleView> rule;
  std::string mode;                       ///< empty where it was not asked
  std::vector<CandidateView> candidates;  ///< empty where none was chosen among
  std::string mark;
  std::string uplink;     ///< empty: none
  std::string egress;     ///< name of the port, "linux", or empty
  bool promised = false;  ///< the source port is the router's own there: another one is taken
};

/// What would become of a packet with `key` that opened a connection now: TCP with a SYN, ICMP with
/// an echo request.
Explanation explain(const ExplainState& state, const FlowKey& key);

/// "policy", "within-lan", ...: the words of JSON.
std::string_view name_of(PlacementStep step);
std::string_view name_of(ChoiceReason reason);
std::string_view name_of(PlacementKind kind);

/// The first part of what `explain` prints.
std::string explanation_to_text(const Explanation& explanation);

}  // namespace spillway
