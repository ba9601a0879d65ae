#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "dataplane/wan/active_word.h"

namespace spillway {

/// A worker's count of what each uplink can still take until the control core has measured again
/// (R32): new connections, and share of its capacity. Thread contract: one worker.
class PlacementBudget {
 public:
  /// Takes over the headroom that was published with `word`, once a generation.
  void refresh(const ActiveCell& cell, const ActiveWord& word) noexcept {
    if (word.generation == generation_) [[likely]]
      return;
    generation_ = word.generation;
    for (std::size_t i = 0; i < kMaxUplinks; ++i) {
      left_[i] = cell.headroom(uplink_id(i));
      free_[i] = cell.free(uplink_id(i));
      cost_[i] = cell.cost(uplink_id(i));
    }
  }

  bool allows(UplinkId id) const noexcept { return left_[index_of(id)] != 0; }

  void take(UplinkId id) noexcept {
    std::uint32_t& left = left_[index_of(id)];
    if (left != 0 && left != kUnlimitedHeadroom) --left;
    std::uint32_t& free = free_[index_of(id)];
    free -= std::min(free, cost_[index_of(id)]);
  }

  /// Millionths of its capacity.
  std::uint32_t free(UplinkId id) const noexcept { return free_[index_of(id)]; }

 private:
  static constexpr std::uint32_t kNoGeneration = ~0u;  // beyond the word's 24 bits
  std::uint32_t generation_ = kNoGeneration;
  std::array<std::uint32_t, kMaxUplinks> left_{};
  std::array<std::uint32_t, kMaxUplinks> free_{};
  std::array<std::uint32_t, kMaxUplinks> cost_{};
};

}  // namespace spillway
