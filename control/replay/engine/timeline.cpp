#include "control/replay/engine/timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace spillway::replay {
namespace {

std::string seconds_text(double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g s", seconds);
  return text;
}

}  // namespace

TimePoint Timeline::at(std::int64_t capture_ns) noexcept {
  if (!last_capture_) last_capture_ = capture_ns;
  if (capture_ns < *last_capture_) {
    ++backwards_;
    furthest_back_ns_ = std::max(furthest_back_ns_, *last_capture_ - capture_ns);
    return now_;
  }
  const double step = static_cast<double>(capture_ns - *last_capture_) / scale_ + remainder_ns_;
  last_capture_ = capture_ns;
  if (step > static_cast<double>(longest_gap_.count())) {
    ++shortened_;
    cut_seconds_ += (step - static_cast<double>(longest_gap_.count())) / 1e9;
    now_ += longest_gap_;
    return now_;
  }
  const double whole = std::floor(step);
  remainder_ns_ = step - whole;
  now_ += std::chrono::nanoseconds(static_cast<std::int64_t>(whole));
  return now_;
}

std::vector<std::string> Timeline::warnings() const {
  std::vector<std::string> result;
  if (backwards_ > 0)
    result.push_back("time runs backwards at " + std::to_string(backwards_) +
                     " packets (by up to " +
                     seconds_text(static_cast<double>(furthest_back_ns_) / 1e9) +
                     "); they are played at the time of the packet before");
  if (shortened_ > 0)
    result.push_back(std::to_string(shortened_) + " pauses shortened by " +
                     seconds_text(cut_seconds_) +
                     " of router time in all: every connection had ended in them");
  return result;
}

}  // namespace spillway::replay
