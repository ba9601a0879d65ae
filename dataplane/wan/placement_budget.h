#pragma once

#include <array>
#include <cstdint>

#include "dataplane/wan/active_word.h"

namespace spillway {

/// A worker's count of the new connections that each uplink may still take until the control core
/// has measured again (R32). Thread contract: one worker.
class PlacementBudget {
 public:
  /// Takes over the headroom that was published with `word`, once a generation.
  void refresh(const ActiveCell& cell, const ActiveWord& word) noexcept {
    if (word.generation == generation_) [[likely]]
      return;
    generation_ = word.generation;
    for (std::size_t i = 0; i < kMaxUplinks; ++i) left_[i] = cell.headroom(uplink_id(i));
  }

  bool allows(UplinkId id) const noexcept { return left_[index_of(id)] != 0; }

  void take(UplinkId id) noexcept {
    std::uint32_t& left = left_[index_of(id)];
    if (left != 0 && left != kUnlimitedHeadroom) --left;
  }

 private:
  static constexpr std::uint32_t kNoGeneration = ~0u;  // beyond the word's 24 bits
  std::uint32_t generation_ = kNoGeneration;
  std::array<std::uint32_t, kMaxUplinks> left_{};
};

}  // namespace spillway
