#include "dataplane/conn/expiry_wheel.h"

#include <algorithm>

namespace spillway {

ExpiryWheel::ExpiryWheel(std::span<ConnectionRecord> records, Millis now)
    : records_(records), heads_(kSlots, kNone), tick_start_(now) {}

void ExpiryWheel::arm(ConnIndex index, Millis now, std::uint32_t delay_ms) noexcept {
  // Ticks are counted from the wheel's own position, which may lag behind `now` when the budget
  // was small; a lagging wheel must not visit early.
  const std::uint32_t ahead = now.since(tick_start_) + std::min(delay_ms, kHorizonMs - kTickMs);
  const std::uint32_t ticks = std::clamp(ahead / kTickMs + 1, 1u, kSlots - 1);
  const std::uint32_t slot = (tick_ + ticks) % kSlots;
  auto& link = records_[index_of(index)].detail.wheel;
  link.prev = kHeadFlag | slot;
  link.next = heads_[slot];
  if (link.next != kNone) records_[link.next].detail.wheel.prev = static_cast<std::uint32_t>(index);
  heads_[slot] = static_cast<std::uint32_t>(index);
}

void ExpiryWheel::disarm(ConnIndex index) noexcept {
  auto& link = records_[index_of(index)].detail.wheel;
  if (link.prev == kNone) return;
  if ((link.prev & kHeadFlag) != 0)
    heads_[link.prev & ~kHeadFlag] = link.next;
  else
    records_[link.prev].detail.wheel.next = link.next;
  if (link.next != kNone) records_[link.next].detail.wheel.prev = link.prev;
  link = WheelLink{};
}

}  // namespace spillway
