#include "control/balance/uplink_choice.h"

#include <algorithm>

namespace spillway {
namespace {

UplinkId least_loaded(const ChoiceInput& input) noexcept {
  UplinkId best = UplinkId::none;
  for (const auto id : input.order) {
    if (!input.usable.contains(id)) continue;
    if (best == UplinkId::none || input.share[index_of(id)] < input.share[index_of(best)]) {
      best = id;
    }
  }
  return best;
}

}  // namespace

bool all_overloaded(UplinkSet usable, UplinkSet overloaded) noexcept {
  return !usable.empty() && (usable - overloaded).empty();
}

UplinkId choose_uplink(const ChoiceInput& input) noexcept {
  if (input.usable.empty()) return UplinkId::none;
  const auto free = input.usable - input.overloaded;
  const auto start = std::find(input.order.begin(), input.order.end(), input.requested);
  const auto is_free = [&](UplinkId id) { return free.contains(id); };
  if (const auto next = std::find_if(start, input.order.end(), is_free); next != input.order.end())
    return *next;
  if (const auto next = std::find_if(input.order.begin(), start, is_free); next != start)
    return *next;
  return input.usable.contains(input.current) ? input.current : least_loaded(input);
}

}  // namespace spillway
