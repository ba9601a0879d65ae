#pragma once
// Translated ports that were given up a short while ago (R04).

#include <array>
#include <cstdint>
#include <span>

#include "dataplane/clock.h"

namespace spillway {

/// Whose ports lie fallow: when a connection has ended without both sides' leave, packets of it may
/// still be on their way, and the remote end may still hold it to be open. Known by hashes, in a
/// few lines of memory: the oldest makes room. One connection in so many billions is taken for
/// another one, which costs it its port's number and nothing more. Thread contract: worker only.
class RestingPorts {
 public:
  static constexpr std::uint32_t kRestMs = 120'000;
  static constexpr std::size_t kPerLine = 5;

  struct alignas(64) Line {
    std::array<std::uint32_t, kPerLine> reply{};
    std::array<std::uint32_t, kPerLine> opener{};
    std::array<Millis, kPerLine> since{};
    std::uint32_t used = 0;  ///< how many ever; modulo kPerLine the next place
  };

  RestingPorts() = default;
  /// `lines`: a power of two, or none: nothing rests then. They outlive this.
  explicit RestingPorts(std::span<Line> lines) noexcept : lines_(lines) {}

  void prefetch(std::uint32_t reply) const noexcept {
    if (!lines_.empty()) __builtin_prefetch(&line_of(reply));
  }
  /// The keys' hashes: of the replies, and of the one who had opened the connection.
  void add(std::uint32_t reply, std::uint32_t opener, Millis now) noexcept;
  /// Whether somebody else had it less than kRestMs ago; whoever had it himself may go on with it.
  bool rests(std::uint32_t reply, std::uint32_t opener, Millis now) const noexcept;

 private:
  Line& line_of(std::uint32_t reply) const noexcept {
    return lines_[reply & (static_cast<std::uint32_t>(lines_.size()) - 1)];
  }

  std::span<Line> lines_;
};
static_assert(sizeof(RestingPorts::Line) == 64);

}  // namespace spillway
