#include "control/metrics/router_snapshot.h"

#include <algorithm>
#include <numeric>

#include "control/config/words.h"

namespace spillway {
namespace {

constexpr std::array<std::string_view, kMarks> kMarkNames = {"no-mark",  "WAN->ROS", "WAN->LANs",
                                                             "LAN->WAN", "Sticky",   "ROS->WAN"};

}  // namespace

std::string_view mark_label(Mark mark) noexcept {
  return kMarkNames[static_cast<std::size_t>(mark)];
}

std::string_view state_label(ConnState state) noexcept {
  return config::word_for(config::kTimeoutNames, state);
}

std::string uplink_of_column(const RouterSnapshot& snapshot, std::size_t column) {
  return column < snapshot.uplinks.size() ? snapshot.uplinks[column].name : "none";
}

void ConnectionFigures::add(const WorkerCounters& worker) {
  for (std::size_t mark = 0; mark < kMarks; ++mark)
    for (std::size_t column = 0; column <= kMaxUplinks; ++column) {
      opened[mark][column] += worker.opened[mark][column].get();
      for (std::size_t state = 0; state < kConnStates; ++state)
        living[mark][column][state] += worker.living[mark][column][state].get();
    }
  evicted += worker.evicted.get();
}

std::uint64_t ConnectionFigures::living_of(std::size_t mark, std::size_t column) const noexcept {
  const auto& states = living[mark][column];
  return std::accumulate(states.begin(), states.end(), std::uint64_t{0});
}

std::string RouterSnapshot::active() const {
  const auto at = std::find_if(uplinks.begin(), uplinks.end(),
                               [](const UplinkView& uplink) { return uplink.active; });
  return at == uplinks.end() ? std::string() : at->name;
}

bool RouterSnapshot::all_overloaded() const {
  bool any = false;
  for (const UplinkView& uplink : uplinks) {
    if (uplink.usable && !uplink.overloaded) return false;
    any |= uplink.usable;
  }
  return any;
}

std::uint64_t RouterSnapshot::dropped(DropReason reason) const noexcept {
  const std::size_t at = index_of(reason);
  return counters.drops[at] + counters.control.dropped_in[at] + counters.control.dropped_out[at];
}

}  // namespace spillway
