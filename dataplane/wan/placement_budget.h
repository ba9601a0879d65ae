#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "dataplane/wan/active_word.h"

namespace spillway {

/// A worker's count of what each uplink can still take, and of what it carries, until the control
/// core has measured again (R32). Of several workers each takes its part of the headroom, and what
/// it places counts as if all others did the same. Thread contract: one worker.
class PlacementBudget {
 public:
  /// For worker `self` of `workers`, from 0 on.
  explicit PlacementBudget(std::uint32_t self = 0, std::uint32_t workers = 1) noexcept
      : self_(self), workers_(workers) {}

  /// Takes over what was published with `word`, once a generation.
  void refresh(const ActiveCell& cell, const ActiveWord& word) noexcept {
    if (word.generation == generation_) [[likely]]
      return;
    generation_ = word.generation;
    for (std::size_t i = 0; i < kMaxUplinks; ++i) {
      left_[i] = part_of(cell.headroom(uplink_id(i)));
      carried_[i] = cell.carried(uplink_id(i));
      cost_[i] = for_all(cell.cost(uplink_id(i)));
    }
  }

  bool allows(UplinkId id) const noexcept { return left_[index_of(id)] != 0; }

  void take(UplinkId id) noexcept {
    std::uint32_t& left = left_[index_of(id)];
    if (left != 0 && left != kUnlimitedHeadroom) --left;
    std::uint32_t& carried = carried_[index_of(id)];
    carried += std::min(cost_[index_of(id)], ~carried);  // up to the greatest number
  }

  /// In parts of kFullLoad, with what was placed since the last measurement.
  std::uint32_t carried(UplinkId id) const noexcept { return carried_[index_of(id)]; }

 private:
  static constexpr std::uint32_t kNoGeneration = ~0u;  // beyond the word's 24 bits

  /// The parts add up to `headroom`; who gets one more than others changes with the generation.
  std::uint32_t part_of(std::uint32_t headroom) const noexcept {
    if (headroom == kUnlimitedHeadroom) return headroom;
    const std::uint32_t turn = (self_ + generation_) % workers_;
    return headroom / workers_ + (turn < headroom % workers_ ? 1 : 0);
  }
  std::uint32_t for_all(std::uint32_t cost) const noexcept {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{cost} * workers_, ~0u));
  }

  std::uint32_t self_;
  std::uint32_t workers_;
  std::uint32_t generation_ = kNoGeneration;
  std::array<std::uint32_t, kMaxUplinks> left_{};
  std::array<std::uint32_t, kMaxUplinks> carried_{};
  std::array<std::uint32_t, kMaxUplinks> cost_{};
};

}  // namespace spillway
