#include "control/ports/link_wait.h"

#include <algorithm>

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kNap = 10ms;

}  // namespace

std::vector<std::optional<RouterClock::duration>> wait_for_links(
    std::span<const std::function<bool()>> links, const Patience& patience) {
  std::vector<std::optional<RouterClock::duration>> took(links.size());
  const TimePoint start = patience.now();
  const auto is_known = [](const auto& one) { return one.has_value(); };
  for (;;) {
    const auto waited = patience.now() - start;
    for (std::size_t i = 0; i < links.size(); ++i)
      if (!took[i] && links[i]()) took[i] = waited;
    if (waited >= patience.most || std::all_of(took.begin(), took.end(), is_known)) return took;
    patience.nap(std::min<RouterClock::duration>(kNap, patience.most - waited));
  }
}

}  // namespace spillway
