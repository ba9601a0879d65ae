#include "control/connections/reasons.h"

#include <fmt/format.h>

#include "control/config/words.h"

namespace spillway {
namespace {

std::string active_name(const ExplainState& state) {
  const UplinkId id = state.context.active.active;
  return id == UplinkId::none ? "none" : state.config.uplinks[index_of(id)].name;
}

/// Why the active uplink did not get it, though another one could take it.
std::string passed_over(const ExplainState& state, const Placement& p) {
  const ActiveWord& word = state.context.active;
  if (word.active == UplinkId::none) return "there is no active uplink";
  const std::string name = "the active uplink " + active_name(state);
  if (!p.candidates.contains(word.active)) return name + " is not one that the rule names";
  if (!word.usable.contains(word.active)) return name + " is not usable";
  return name + " has no room before the next sample";
}

std::string hashed(const ExplainState& state) {
  const config::Balance& balance = state.config.balance;
  if (balance.mode == BalanceMode::weighted) return "the draw in proportion to the capacities";
  return fmt::format("the classifier {}",
                     config::word_for(config::kClassifiers, balance.classifier));
}

std::string choice_text(const ExplainState& state, const Placement& p) {
  switch (p.choice) {
    case ChoiceReason::none_usable:
      return p.by_rule ? "no uplink that the rule names is usable" : "no uplink is usable";
    case ChoiceReason::active:
      return "it is the active uplink, and has room";
    case ChoiceReason::relief:
      return passed_over(state, p) +
             "; it is the first in order that is not overloaded and has room";
    case ChoiceReason::least_loaded:
      return "it carries the least part of its capacity, of those that are not overloaded";
    case ChoiceReason::all_full:
      return "all are overloaded or have no room; it carries the least part of its limit";
    case ChoiceReason::hash:
      return hashed(state) + " falls on it";
    case ChoiceReason::hash_of_others:
      return hashed(state) + " falls on one that is not usable, and among the others on this one";
    case ChoiceReason::reserve:
      return "all that is usable has weight 0; it is the first by distance";
    case ChoiceReason::distance:
      return "it is the first usable one by distance";
    case ChoiceReason::along_with_source:
      break;
  }
  return fmt::format("its host's connections go there already (sticky: {})",
                     config::word_for(config::kStickies, state.config.balance.sticky));
}

std::string main_table_text(const Placement& p) {
  if (p.kind == PlacementKind::drop) return "the main table has no usable uplink";
  if (p.reply_zone == Zone::lan) return "it is on the LAN side";
  return "the main table: a network of that uplink's, or the first usable one by distance";
}

}  // namespace

std::string reason_text(const ExplainState& state, const Placement& p, const FlowKey& key) {
  switch (p.step) {
    case PlacementStep::addresses:
    case PlacementStep::source:
      return std::string(kDropReasonTexts[index_of(p.reason)].meaning);
    case PlacementStep::to_router:
      return "the destination is an address of the router's own";
    case PlacementStep::hairpin:
      return "a port forward of the uplink with this address, used from the LAN";
    case PlacementStep::connected:
      return "source and destination are in the list Connected; " + main_table_text(p);
    case PlacementStep::within_lan:
      return p.kind == PlacementKind::drop ? "the destination is inside, and nothing leads there"
                                           : "the destination is inside, by the list LAN";
    case PlacementStep::policy:
      return p.reason == DropReason::policy && p.kind == PlacementKind::drop
                 ? "the rule says drop"
                 : choice_text(state, p);
    case PlacementStep::mode:
      return choice_text(state, p);
    case PlacementStep::not_for_us:
      return "the destination is not the uplink's address, and no connection was found";
    case PlacementStep::probe_answer:
      return "it answers a probe of the router";
    case PlacementStep::service:
      return "a service of the router that is open to this uplink";
    case PlacementStep::forward:
      return "a port forward of this uplink" +
             std::string(p.kind == PlacementKind::drop ? ", and nothing leads to its target" : "");
    case PlacementStep::nothing_open:
      return fmt::format("no port forward and no local service for port {}", key.dst_port.host());
    case PlacementStep::own_to_lan:
      return "the router's own, to a host on the LAN side";
    case PlacementStep::own_by_main_table:
      break;
  }
  return "the router's own; " + main_table_text(p);
}

}  // namespace spillway
