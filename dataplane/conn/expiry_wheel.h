#pragma once
// A timing wheel with lazy re-arming: a packet only writes `last_seen`; the wheel looks at a
// connection when its slot comes round and puts it off if it was seen meanwhile.

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/clock.h"
#include "dataplane/conn/connection.h"

namespace spillway {

/// Links live in the records, the wheel has only list heads. Deadlines beyond the horizon are
/// visited once a turn. Thread contract: worker only; nothing allocates after construction.
class ExpiryWheel {
 public:
  static constexpr std::uint32_t kTickMs = 64;
  static constexpr std::uint32_t kSlots = 4096;
  static constexpr std::uint32_t kHorizonMs = kTickMs * (kSlots - 1);

  ExpiryWheel(std::span<ConnectionRecord> records, Millis now);

  /// Visits `index` at the first tick that is not before `delay_ms` from `now`.
  void arm(ConnIndex index, Millis now, std::uint32_t delay_ms) noexcept;
  void disarm(ConnIndex index) noexcept;
  static bool is_armed(const ConnectionDetail& detail) noexcept {
    return detail.wheel.prev != kNone;
  }

  /// Turns the wheel up to `now`, visiting at most `budget` connections; what is left over is
  /// visited by the next call. `visit(ConnIndex)` gets a disarmed connection and must remove it or
  /// arm it again, at least one tick ahead. Returns the number visited.
  template <typename Visit>
  std::uint32_t advance(Millis now, std::uint32_t budget, Visit&& visit) noexcept {
    std::uint32_t visited = 0;
    while (true) {
      std::uint32_t& head = heads_[tick_ % kSlots];
      while (head != kNone) {
        if (visited == budget) return visited;
        const auto index = static_cast<ConnIndex>(head);
        disarm(index);
        ++visited;
        visit(index);
      }
      if (now.since(tick_start_) < kTickMs || now.since(tick_start_) > kHalfRange) return visited;
      ++tick_;
      tick_start_.value += kTickMs;
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::uint32_t kHeadFlag = 0x80000000;
  static constexpr std::uint32_t kHalfRange = 0x80000000;

  std::span<ConnectionRecord> records_;
  std::vector<std::uint32_t> heads_;
  std::uint32_t tick_ = 0;
  Millis tick_start_;  ///< when the current tick began
};

}  // namespace spillway
