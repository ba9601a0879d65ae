#include <fmt/format.h>

#include <array>

#include "control/connections/connection_words.h"
#include "control/connections/explanation.h"

namespace spillway {
namespace {

std::string standing_of(const CandidateView& c) {
  std::string text = c.uplink.health;
  if (!c.uplink.usable) return text + ", not usable";
  if (c.uplink.active) text += ", active";
  return text + (c.uplink.overloaded ? ", overloaded" : "");
}

std::string load_of(const CandidateView& c) {
  std::string text = fmt::format("received {} bit/s, sent {} bit/s", c.uplink.rate.rx.value,
                                 c.uplink.rate.tx.value);
  if (c.uplink.threshold)
    text += fmt::format(", threshold {} bit/s",
                        c.uplink.threshold->spill_above.of(c.uplink.threshold->traffic).value);
  if (c.load) text += fmt::format(", {:.0f} % of its limit", *c.load * 100);
  if (c.headroom)
    text += *c.headroom == 0 ? ", no room" : fmt::format(", room for {} connections", *c.headroom);
  return text;
}

std::string line_of(const CandidateView& c) {
  const char* sign = c.chosen ? "->" : c.candidate ? "" : "x";
  std::string text = fmt::format("  {:<2} {}: {}", sign, c.uplink.name, standing_of(c));
  if (!c.candidate) return text + "; the rule does not name it\n";
  return text + "; " + load_of(c) + "\n";
}

std::string decision_of(const Explanation& e) {
  if (e.drop)
    return fmt::format("dropped ({}): {}", name_of(*e.drop),
                       *e.drop == DropReason::host_limit
                           ? std::string(kDropReasonTexts[index_of(*e.drop)].meaning)
                           : e.because);
  if (e.placement.kind == PlacementKind::local) return "to the control core: " + e.because;
  const std::string& where = e.egress.empty() ? e.uplink : e.egress;
  return fmt::format("{}, because {}", where, e.because);
}

std::string translation_of(const Explanation& e) {
  const FlowKey& to = e.placement.translated;
  std::string text;
  if (e.placement.translate_source) text = "source " + endpoint_name(to.src, {});
  if (to.dst != e.key.dst || to.dst_port != e.key.dst_port)
    text += (text.empty() ? "" : ", ") + ("destination " + endpoint_name(to.dst, to.dst_port));
  return text.empty() ? "none" : text;
}

}  // namespace

std::string_view name_of(PlacementStep step) {
  constexpr std::array<std::string_view, 15> names = {
      "addresses",  "source",  "to-router",    "hairpin",    "connected",
      "within-lan", "policy",  "mode",         "not-for-us", "probe-answer",
      "service",    "forward", "nothing-open", "own-to-lan", "own-by-main-table"};
  return names[static_cast<std::size_t>(step)];
}

std::string_view name_of(ChoiceReason reason) {
  constexpr std::array<std::string_view, 10> names = {
      "none-usable", "active",         "relief",  "least-loaded", "all-full",
      "hash",        "hash-of-others", "reserve", "distance",     "along-with-source"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view name_of(PlacementKind kind) {
  constexpr std::array<std::string_view, 3> names = {"forward", "local", "drop"};
  return names[static_cast<std::size_t>(kind)];
}

std::string explanation_to_text(const Explanation& e) {
  const FlowKey& k = e.key;
  std::string text =
      fmt::format("a new connection {} {} -> {} from {}\n", protocol_name(k.proto),
                  endpoint_name(k.src, k.src_port), endpoint_name(k.dst, k.dst_port), e.from);
  if (e.rule)
    text += fmt::format("  policy: rule \"{}\" ({}:{})\n", e.rule->name, e.rule->where.file,
                        e.rule->where.line);
  if (!e.mode.empty())
    text += fmt::format("  {}mode {} chooses among:\n", e.rule ? "" : "policy: no rule matches; ",
                        e.mode);
  for (const CandidateView& c : e.candidates) text += line_of(c);
  text += "  decision: " + decision_of(e) + "\n";
  if (e.placement.kind != PlacementKind::forward || e.drop) return text;
  text += fmt::format("  mark: {}\n", e.mark);
  if (e.placement.next_hop != Ipv4Addr{})
    text += fmt::format("  next hop: {}\n", to_string(e.placement.next_hop));
  return text + "  translation: " + translation_of(e) + "\n";
}

}  // namespace spillway
