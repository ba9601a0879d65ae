#include "dataplane/path/neighbour_table.h"

#include <algorithm>
#include <bit>

namespace spillway {

NeighbourTable::NeighbourTable(std::size_t capacity)
    : slots_(std::bit_ceil(2 * capacity), NextHopId::none), capacity_(capacity + 1) {
  hops_.reserve(capacity_);
  NextHop& kernel = hops_.emplace_back();
  kernel.port = PortIndex::kernel;
  kernel.mtu = UINT16_MAX;
}

void NeighbourTable::set_port(PortIndex port, const MacAddr& own, std::uint16_t mtu) noexcept {
  ports_[index_of(port)] = {own, mtu};
}

std::size_t NeighbourTable::probe_start(PortIndex port, Ipv4Addr address) const noexcept {
  const std::uint64_t mixed =
      (std::uint64_t{address.be} << 8 | index_of(port)) * 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
}

NextHopId NeighbourTable::find_or_add(PortIndex port, Ipv4Addr address) noexcept {
  std::size_t at = probe_start(port, address);
  for (; slots_[at] != NextHopId::none; at = (at + 1) & (slots_.size() - 1)) {
    const NextHop& hop = (*this)[slots_[at]];
    if (hop.address == address && hop.port == port) return slots_[at];
  }
  if (hops_.size() == capacity_) return NextHopId::none;
  const PortFacts& facts = ports_[index_of(port)];
  NextHop& hop = hops_.emplace_back();
  hop.address = address;
  hop.port = port;
  hop.mtu = facts.mtu;
  std::copy(facts.mac.bytes.begin(), facts.mac.bytes.end(), hop.link.begin() + 6);
  slots_[at] = static_cast<NextHopId>(hops_.size() - 1);
  return slots_[at];
}

void NeighbourTable::resolve(NextHopId id, const MacAddr& mac) noexcept {
  NextHop& hop = hops_[static_cast<std::size_t>(id)];
  std::copy(mac.bytes.begin(), mac.bytes.end(), hop.link.begin());
  hop.resolved = true;
  hop.asked = false;
}

void NeighbourTable::lose(NextHopId id) noexcept {
  NextHop& hop = hops_[static_cast<std::size_t>(id)];
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
