#include "control/connections/explanation.h"

#include "control/config/mark_name.h"
#include "control/config/words.h"
#include "control/connections/reasons.h"

namespace spillway {
namespace {

std::string uplink_name(const config::Config& config, UplinkId id) {
  return id == UplinkId::none ? "" : config.uplinks[index_of(id)].name;
}

std::string zone_name(const config::Config& config, Zone zone) {
  if (zone == Zone::lan) return "LAN";
  if (zone == Zone::kernel) return "router";
  return uplink_name(config, uplink_of(zone));
}

std::string port_name(const config::Config& config, PortIndex port) {
  if (port == PortIndex::kernel) return "linux";
  const std::size_t i = index_of(port);
  if (i < config.lans.size()) return config.lans[i].name;
  if (i - config.lans.size() < config.uplinks.size())
    return config.uplinks[i - config.lans.size()].name;
  return "";
}

bool chooses(const Placement& p) {
  return p.step == PlacementStep::policy || p.step == PlacementStep::mode;
}

std::vector<CandidateView> candidates_of(const ExplainState& state, const Placement& p) {
  std::vector<CandidateView> all;
  for (std::size_t i = 0; i < state.uplinks.size(); ++i) {
    const UplinkId id = uplink_id(i);
    CandidateView view{state.uplinks[i], p.candidates.contains(id), p.uplink == id, {}, {}};
    // As the worker sees it, which may be a moment apart from what the control core shows.
    view.uplink.active = state.context.active.active == id;
    view.uplink.usable = state.context.active.usable.contains(id);
    view.uplink.overloaded = state.context.active.overloaded.contains(id);
    const PlacementBudget& budget = state.context.budget;
    if (view.uplink.room || budget.carried(id) > 0)
      view.load = static_cast<double>(budget.carried(id)) / kFullLoad;
    if (budget.left(id) != kUnlimitedHeadroom) view.headroom = budget.left(id);
    all.push_back(std::move(view));
  }
  return all;
}

/// Beyond where it goes, a host may have its maximum already (R06).
bool is_over_limit(const ExplainState& state, const FlowKey& key) {
  const std::uint32_t most = state.context.config.per_lan_host;
  return key.zone == Zone::lan && most > 0 && state.host_connections >= most;
}

}  // namespace

Explanation explain(const ExplainState& state, const FlowKey& key) {
  const config::Config& config = state.config;
  Explanation e;
  e.key = key;
  e.from = zone_name(config, key.zone);
  e.placement = place(state.context, key);
  const Placement& p = e.placement;
  const bool refused = p.kind == PlacementKind::forward && is_over_limit(state, key);
  if (p.kind == PlacementKind::drop) e.drop = p.reason;
  if (refused) e.drop = DropReason::host_limit;
  if (p.by_rule && p.rule < config.policy.size())
    e.rule = RuleView{config.policy[p.rule].name, config.policy[p.rule].where};
  if (chooses(p) && p.reason != DropReason::policy) {
    e.mode = config::word_for(config::kModes, config.balance.mode);
    e.candidates = candidates_of(state, p);
  }
  e.because = reason_text(state, p, key);
  if (p.kind != PlacementKind::forward) return e;
  e.mark = mark_name(p.mark, p.uplink == UplinkId::none ? std::nullopt : std::optional(p.uplink),
                     config);
  e.uplink = uplink_name(config, p.uplink);
  e.egress = port_name(config, p.egress);
  e.promised = p.translate_source && is_promised(state.context.config, p, p.translated);
  return e;
}

}  // namespace spillway
