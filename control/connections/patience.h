#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

#include "dataplane/clock.h"

namespace spillway {

using Now = std::function<TimePoint()>;

/// How long an answer waits for workers that do not move. Thread contract: one thread.
class Patience {
 public:
  static constexpr std::chrono::seconds kLongest{5};
  static constexpr std::string_view kOver = "a worker has not answered for 5 s";

  explicit Patience(Now now) : now_(std::move(now)), since_(now_()) {}

  /// Whether nothing has moved for too long.
  bool is_over(bool moved) {
    if (moved) since_ = now_();
    return !moved && now_() - since_ > kLongest;
  }

 private:
  Now now_;
  TimePoint since_;
};

}  // namespace spillway
