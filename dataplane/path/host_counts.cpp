#include "dataplane/path/host_counts.h"

#include <bit>

namespace spillway {

HostCounts::HostCounts(std::size_t hosts) : slots_(std::bit_ceil(2 * hosts + 2)) {}

std::size_t HostCounts::home(Ipv4Addr host) const noexcept {
  return static_cast<std::size_t>(host.be * 0x9e3779b97f4a7c15u >> 32) & (slots_.size() - 1);
}

std::size_t HostCounts::find(Ipv4Addr host) const noexcept {
  std::size_t at = home(host);
  while (slots_[at].count != 0 && slots_[at].host != host) at = (at + 1) & (slots_.size() - 1);
  return at;
}

std::uint32_t HostCounts::of(Ipv4Addr host) const noexcept {
  return slots_[find(host)].count;
}

void HostCounts::add(Ipv4Addr host) noexcept {
  Slot& slot = slots_[find(host)];
  slot.host = host;
  ++slot.count;
}

void HostCounts::remove(Ipv4Addr host) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = find(host);
  if (slots_[hole].count == 0 || --slots_[hole].count != 0) return;
  // Move back whatever can no longer be reached past the hole.
  for (std::size_t at = (hole + 1) & mask; slots_[at].count != 0; at = (at + 1) & mask) {
    const std::size_t distance_home = (at - home(slots_[at].host)) & mask;
    if (distance_home < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    slots_[at].count = 0;
    hole = at;
  }
}

}  // namespace spillway
