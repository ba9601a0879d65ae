#include "dataplane/path/host_counts.h"

#include <bit>

namespace spillway {

HostCounts::HostCounts(std::size_t hosts)
    : mask_(std::bit_ceil(2 * hosts + 2) - 1),
      slots_(std::make_unique<std::atomic<std::uint64_t>[]>(mask_ + 1)) {}

HostCounts::Slot HostCounts::at(std::size_t i) const noexcept {
  const std::uint64_t word = slots_[i].load(std::memory_order_relaxed);
  return {Ipv4Addr{static_cast<std::uint32_t>(word)}, static_cast<std::uint32_t>(word >> 32)};
}

void HostCounts::put(std::size_t i, Slot slot) noexcept {
  slots_[i].store(slot.host.be | std::uint64_t{slot.count} << 32, std::memory_order_relaxed);
}

std::size_t HostCounts::home(Ipv4Addr host) const noexcept {
  return static_cast<std::size_t>(host.be * 0x9e3779b97f4a7c15u >> 32) & mask_;
}

std::size_t HostCounts::find(Ipv4Addr host) const noexcept {
  std::size_t i = home(host);
  for (Slot slot = at(i); slot.count != 0 && slot.host != host; slot = at(i)) i = (i + 1) & mask_;
  return i;
}

std::uint32_t HostCounts::of(Ipv4Addr host) const noexcept {
  return at(find(host)).count;
}

void HostCounts::add(Ipv4Addr host) noexcept {
  const std::size_t i = find(host);
  put(i, {host, at(i).count + 1});
}

void HostCounts::remove(Ipv4Addr host) noexcept {
  std::size_t hole = find(host);
  const std::uint32_t count = at(hole).count;
  if (count == 0) return;
  put(hole, {host, count - 1});
  if (count > 1) return;
  // Move back whatever can no longer be reached past the hole.
  for (std::size_t i = (hole + 1) & mask_; at(i).count != 0; i = (i + 1) & mask_) {
    const std::size_t distance_home = (i - home(at(i).host)) & mask_;
    if (distance_home < ((i - hole) & mask_)) continue;
    put(hole, at(i));
    put(i, {});
    hole = i;
  }
}

HostCountGroup::HostCountGroup(std::size_t hosts, unsigned workers) {
  for (unsigned i = 0; i < workers; ++i) counts_.push_back(std::make_unique<HostCounts>(hosts));
}

std::uint32_t HostCountGroup::of(Ipv4Addr host) const noexcept {
  std::uint32_t n = 0;
  for (const auto& counts : counts_) n += counts->of(host);
  return n;
}

}  // namespace spillway
