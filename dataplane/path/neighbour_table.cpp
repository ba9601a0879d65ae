#include "dataplane/path/neighbour_table.h"

#include <algorithm>
#include <bit>

namespace spillway {

NeighbourTable::NeighbourTable(std::size_t capacity)
    : hops_(capacity + 1), slots_(std::bit_ceil(2 * capacity + 2), NextHopId::none) {
  NextHop& kernel = hops_.front();
  kernel.port = PortIndex::kernel;
  kernel.mtu = UINT16_MAX;
}

void NeighbourTable::set_port(PortIndex port, const MacAddr& own, std::uint16_t mtu) noexcept {
  ports_[index_of(port)] = {own, mtu};
}

std::size_t NeighbourTable::home(PortIndex port, Ipv4Addr address) const noexcept {
  const std::uint64_t mixed =
      (std::uint64_t{address.be} << 8 | index_of(port)) * 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
}

/// Where the entry is, or would be put.
std::size_t NeighbourTable::slot_of(PortIndex port, Ipv4Addr address) const noexcept {
  std::size_t at = home(port, address);
  for (; slots_[at] != NextHopId::none; at = (at + 1) & (slots_.size() - 1)) {
    const NextHop& hop = (*this)[slots_[at]];
    if (hop.address == address && hop.port == port) break;
  }
  return at;
}

NextHopId NeighbourTable::find(PortIndex port, Ipv4Addr address) const noexcept {
  return slots_[slot_of(port, address)];
}

NextHopId NeighbourTable::find_or_add(PortIndex port, Ipv4Addr address) noexcept {
  const NextHopId known = find(port, address);
  if (known != NextHopId::none || 2 * unresolved_ >= hops_.size()) return known;
  return find_or_add_host(port, address);
}

NextHopId NeighbourTable::find_or_add_host(PortIndex port, Ipv4Addr address) noexcept {
  if (const NextHopId known = find(port, address); known != NextHopId::none) return known;
  const NextHopId id = vacant();
  if (id == NextHopId::none) return id;
  const PortFacts& facts = ports_[index_of(port)];
  NextHop& hop = hops_[static_cast<std::size_t>(id)];
  hop = NextHop{};
  hop.address = address;
  hop.port = port;
  hop.mtu = facts.mtu;
  std::copy(facts.mac.bytes.begin(), facts.mac.bytes.end(), hop.link.begin() + 6);
  ++unresolved_;
  slots_[slot_of(port, address)] = id;
  return id;
}

/// An entry that was never used, or one that nobody holds.
NextHopId NeighbourTable::vacant() noexcept {
  if (used_ < hops_.size()) return static_cast<NextHopId>(used_++);
  constexpr std::size_t most = 64;  // looked at for one packet
  for (std::size_t looked = 0; looked < std::min(most, hops_.size() - 1); ++looked) {
    const std::size_t at = hand_;
    hand_ = hand_ + 1 < hops_.size() ? hand_ + 1 : 1;
    const NextHop& hop = hops_[at];
    if (hop.holders > 0) continue;
    if (!hop.resolved) --unresolved_;
    forget(slot_of(hop.port, hop.address));
    return static_cast<NextHopId>(at);
  }
  return NextHopId::none;
}

/// Empties a slot and moves back whatever could no longer be reached past it.
void NeighbourTable::forget(std::size_t slot) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = slot;
  for (std::size_t at = (hole + 1) & mask; slots_[at] != NextHopId::none; at = (at + 1) & mask) {
    const NextHop& hop = (*this)[slots_[at]];
    const std::size_t from_home = (at - home(hop.port, hop.address)) & mask;
    if (from_home < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = NextHopId::none;
}

void NeighbourTable::resolve(NextHopId id, const MacAddr& mac) noexcept {
  NextHop& hop = hops_[static_cast<std::size_t>(id)];
  std::copy(mac.bytes.begin(), mac.bytes.end(), hop.link.begin());
  if (!hop.resolved) --unresolved_;
  hop.resolved = true;
  hop.asked = false;
}

void NeighbourTable::lose(NextHopId id) noexcept {
  NextHop& hop = hops_[static_cast<std::size_t>(id)];
  if (hop.resolved) ++unresolved_;
  hop.resolved = false;
  hop.asked = false;
}

bool NeighbourTable::ask(NextHopId id, Millis now) noexcept {
  constexpr std::uint32_t kAgainAfter = 1000;
  NextHop& hop = hops_[static_cast<std::size_t>(id)];
  if (hop.asked && now.since(hop.asked_at) < kAgainAfter) return false;
  hop.asked = true;
  hop.asked_at = now;
  return true;
}

}  // namespace spillway
