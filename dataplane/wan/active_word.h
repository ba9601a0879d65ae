#pragma once
// The one word by which the control core steers new connections.

#include <atomic>
#include <cstdint>

#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// Decoded ActiveWord. `active` is the preferred uplink for new connections (none: nothing is
/// usable); `generation` grows with every publication and wraps at 2^24.
struct ActiveWord {
  UplinkId active = UplinkId::none;
  UplinkSet usable;
  UplinkSet overloaded;
  std::uint32_t generation = 0;

  constexpr std::uint64_t pack() const noexcept {
    return static_cast<std::uint64_t>(index_of(active)) |
           static_cast<std::uint64_t>(usable.bits()) << 8 |
           static_cast<std::uint64_t>(overloaded.bits()) << 24 |
           static_cast<std::uint64_t>(generation & 0xffffffu) << 40;
  }
  static constexpr ActiveWord unpack(std::uint64_t word) noexcept {
    return ActiveWord{
        static_cast<UplinkId>(word & 0xffu), UplinkSet(static_cast<std::uint16_t>(word >> 8)),
        UplinkSet(static_cast<std::uint16_t>(word >> 24)), static_cast<std::uint32_t>(word >> 40)};
  }
  constexpr bool operator==(const ActiveWord&) const noexcept = default;
};

/// New connections that an uplink may still take before the next sample (R32).
inline constexpr std::uint32_t kUnlimitedHeadroom = ~0u;

/// The load of an uplink that carries just what it may, its limit.
inline constexpr std::uint32_t kFullLoad = 1'000'000;

/// What the control core publishes and the workers read. Thread contract: setters control only, all
/// others any. Headroom and loads of a generation are stored before its word is released.
class alignas(64) ActiveCell {
 public:
  ActiveCell() noexcept {
    for (auto& h : headroom_) h.store(kUnlimitedHeadroom, std::memory_order_relaxed);
  }
  void publish(const ActiveWord& word) noexcept {
    word_.store(word.pack(), std::memory_order_release);
  }
  void set_headroom(UplinkId id, std::uint32_t connections) noexcept {
    headroom_[index_of(id)].store(connections, std::memory_order_relaxed);
  }
  /// In parts of kFullLoad: what the uplink carries, which may be more than it, and what a new
  /// connection will add.
  void set_load(UplinkId id, std::uint32_t carried, std::uint32_t cost) noexcept {
    carried_[index_of(id)].store(carried, std::memory_order_relaxed);
    cost_[index_of(id)].store(cost, std::memory_order_relaxed);
  }
  ActiveWord load() const noexcept {
    return ActiveWord::unpack(word_.load(std::memory_order_acquire));
  }
  std::uint32_t headroom(UplinkId id) const noexcept {
    return headroom_[index_of(id)].load(std::memory_order_relaxed);
  }
  std::uint32_t carried(UplinkId id) const noexcept {
    return carried_[index_of(id)].load(std::memory_order_relaxed);
  }
  std::uint32_t cost(UplinkId id) const noexcept {
    return cost_[index_of(id)].load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> word_{ActiveWord{}.pack()};
  std::atomic<std::uint32_t> headroom_[kMaxUplinks];
  std::atomic<std::uint32_t> carried_[kMaxUplinks]{};
  std::atomic<std::uint32_t> cost_[kMaxUplinks]{};
};

}  // namespace spillway
