#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "dataplane/wan/active_word.h"

namespace spillway {

/// A worker's count of what each uplink can still take, and of what it carries, until the control
/// core has measured again (R32). Of several workers each takes its part of the headroom, and what
/// it places counts as if all others did the same. Thread contract: one worker writes; `allows` and
/// `carried` may be read by any, for whom they are from a moment ago.
class PlacementBudget {
 public:
  /// For worker `self` of `workers`, from 0 on.
  explicit PlacementBudget(std::uint32_t self = 0, std::uint32_t workers = 1) noexcept
      : self_(self), workers_(workers) {}
  /// As it is at the moment, by any thread: for whom wants to know what its worker would do. Once
  /// refreshed the copy is what the worker's will be, which may not have come round yet. Nothing
  /// can be taken from it: what that costs is the worker's own.
  PlacementBudget(const PlacementBudget& other) noexcept
      : self_(other.self_), workers_(other.workers_) {
    // First: what was stored before it is seen then.
    set(generation_, other.generation_.load(std::memory_order_acquire));
    for (std::size_t i = 0; i < kMaxUplinks; ++i) {
      set(left_[i], get(other.left_[i]));
      set(carried_[i], get(other.carried_[i]));
    }
  }
  PlacementBudget& operator=(const PlacementBudget&) = delete;

  /// Takes over what was published with `word`, once a generation.
  void refresh(const ActiveCell& cell, const ActiveWord& word) noexcept {
    if (word.generation == get(generation_)) [[likely]]
      return;
    for (std::size_t i = 0; i < kMaxUplinks; ++i) {
      set(left_[i], part_of(cell.headroom(uplink_id(i)), word.generation));
      set(carried_[i], cell.carried(uplink_id(i)));
      cost_[i] = for_all(cell.cost(uplink_id(i)));
    }
    generation_.store(word.generation, std::memory_order_release);
  }

  bool allows(UplinkId id) const noexcept { return get(left_[index_of(id)]) != 0; }

  void take(UplinkId id) noexcept {
    const std::uint32_t left = get(left_[index_of(id)]);
    if (left != 0 && left != kUnlimitedHeadroom) set(left_[index_of(id)], left - 1);
    const std::uint32_t before = get(carried_[index_of(id)]);
    const std::uint32_t added =
        std::min(cost_[index_of(id)], ~before);  // up to the greatest number
    set(carried_[index_of(id)], before + added);
  }

  /// In parts of kFullLoad, with what was placed since the last measurement.
  std::uint32_t carried(UplinkId id) const noexcept { return get(carried_[index_of(id)]); }
  /// Connections that this worker may still place on the uplink.
  std::uint32_t left(UplinkId id) const noexcept { return get(left_[index_of(id)]); }

 private:
  using Cell = std::atomic<std::uint32_t>;

  static std::uint32_t get(const Cell& cell) noexcept {
    return cell.load(std::memory_order_relaxed);
  }
  static void set(Cell& cell, std::uint32_t value) noexcept {
    cell.store(value, std::memory_order_relaxed);
  }

  static constexpr std::uint32_t kNoGeneration = ~0u;  // beyond the word's 24 bits

  /// The parts add up to `headroom`; who gets one more than others changes with the generation.
  std::uint32_t part_of(std::uint32_t headroom, std::uint32_t generation) const noexcept {
    if (headroom == kUnlimitedHeadroom) return headroom;
    const std::uint32_t turn = (self_ + generation) % workers_;
    return headroom / workers_ + (turn < headroom % workers_ ? 1 : 0);
  }
  std::uint32_t for_all(std::uint32_t cost) const noexcept {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{cost} * workers_, ~0u));
  }

  std::uint32_t self_;
  std::uint32_t workers_;
  Cell generation_ = kNoGeneration;
  std::array<Cell, kMaxUplinks> left_{};
  std::array<Cell, kMaxUplinks> carried_{};
  std::array<std::uint32_t, kMaxUplinks> cost_{};
};

}  // namespace spillway
