#include "control/metrics/event_tally.h"

#include <algorithm>
#include <numeric>

namespace spillway {
namespace {

/// Empty when the event does not say.
std::string fact_of(const Event& event, std::string_view name) {
  const auto at = std::find_if(event.facts.begin(), event.facts.end(),
                               [&](const Fact& fact) { return fact.first == name; });
  return at == event.facts.end() ? std::string() : at->second;
}

}  // namespace

void EventTally::hear(const Event& event) {
  ++events[static_cast<std::size_t>(event.kind)][static_cast<std::size_t>(event.severity)];
  const bool begins = fact_of(event, "state") == "begins";
  switch (event.kind) {
    case EventKind::switched:
      ++switches[fact_of(event, "to")];
      break;
    case EventKind::health:
      ++health[{event.subject, fact_of(event, "to")}];
      break;
    case EventKind::failover:
      failovers[event.subject] += begins;
      break;
    case EventKind::failback:
      failbacks[event.subject] += begins;
      break;
    case EventKind::monitor:
      ++monitors[event.subject];
      break;
    default:
      break;
  }
}

std::uint64_t EventTally::of(EventKind kind) const noexcept {
  const auto& counts = events[static_cast<std::size_t>(kind)];
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace spillway
