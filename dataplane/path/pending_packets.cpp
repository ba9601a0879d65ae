#include "dataplane/path/pending_packets.h"

#include <algorithm>

namespace spillway {

bool PendingPackets::push(NextHopId hop, rte_mbuf* packet) noexcept {
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto same =
      std::count_if(waiting_.begin(), end, [hop](const Waiting& w) { return w.hop == hop; });
  if (size_ == kCapacity || static_cast<std::size_t>(same) == kPerHop) return false;
  waiting_[size_++] = {hop, packet};
  return true;
}

rte_mbuf* PendingPackets::pop(NextHopId hop) noexcept {
  for (std::size_t at = 0; at < size_; ++at)
    if (waiting_[at].hop == hop) return take(at).packet;
  return nullptr;
}

PendingPackets::Waiting PendingPackets::pop_any() noexcept {
  return size_ > 0 ? take(0) : Waiting{};
}

PendingPackets::Waiting PendingPackets::take(std::size_t at) noexcept {
  const Waiting taken = waiting_[at];
  const auto from = waiting_.begin() + static_cast<std::ptrdiff_t>(at);
  std::move(from + 1, waiting_.begin() + static_cast<std::ptrdiff_t>(size_), from);
  --size_;
  return taken;
}

}  // namespace spillway
