#pragma once
// How long the stages of a burst take, by a few bursts that are looked at closely.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spillway {

enum class Stage : std::uint8_t { parse, look_up, forward };
inline constexpr std::array<std::string_view, 3> kStageNames{"parse", "look_up", "forward"};
inline constexpr std::size_t kStages = kStageNames.size();

constexpr std::size_t index_of(Stage stage) noexcept {
  return static_cast<std::size_t>(stage);
}

/// Clocks of the time-stamp counter in each stage, and the packets that went through.
struct StageCounts {
  std::uint64_t packets = 0;
  std::array<std::uint64_t, kStages> clocks{};
};

}  // namespace spillway
