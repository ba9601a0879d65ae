#include "control/balance/reservation.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "dataplane/wan/active_word.h"

namespace spillway {
namespace {

constexpr double kFirstEstimate = 1.0 / 64;
constexpr double kLeastEstimate = 1.0 / 65536;
constexpr double kMostEstimate = 1.0 / 8;
constexpr double kEstimateGain = 1.0 / 8;
constexpr double kUsualWindows = 8;
constexpr double kMostFilled = 15.0 / 16;

double seconds(RouterClock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Reservation::Reservation(std::chrono::milliseconds sample, std::chrono::milliseconds window)
    : window_(seconds(window)), estimate_(kFirstEstimate) {
  if (sample.count() <= 0 || window < sample) {
    throw std::invalid_argument("a reservation needs 0 < sample <= window");
  }
  ring_.resize(static_cast<std::size_t>(window / sample) + 1);
}

void Reservation::observe(TimePoint now, double load, std::uint64_t placed_total) {
  load_ = load;
  if (started_ && now > last_time_) keep_step(now, placed_total);
  if (!started_) last_placed_ = placed_total;
  started_ = true;
  last_time_ = std::max(last_time_, now);
  const auto sum = sums(last_time_);
  learn_estimate(sum.visible);
  reserved_ = estimate_ * std::max(0.0, sum.hidden - usual_ * sum.hidden_seconds);
  learn_usual_pace(ring_[newest_]);
}

void Reservation::keep_step(TimePoint now, std::uint64_t placed_total) {
  newest_ = (newest_ + 1) % ring_.size();
  const auto placed = placed_total - std::min(placed_total, last_placed_);
  ring_[newest_] = {now, static_cast<double>(placed), seconds(now - last_time_)};
  last_placed_ = placed_total;
}

Reservation::Sums Reservation::sums(TimePoint now) const noexcept {
  Sums sum;
  for (const auto& step : ring_) {
    const double age = seconds(now - step.end);
    if (age >= window_) continue;
    const double hidden = 1 - age / window_;
    sum.hidden += step.placed * hidden;
    sum.hidden_seconds += step.seconds * hidden;
    sum.visible += step.placed * std::min(1.0, (age + step.seconds / 2) / window_);
  }
  return sum;
}

void Reservation::learn_estimate(double visible) noexcept {
  if (visible <= 0) return;
  estimate_ += (load_ / visible - estimate_) * kEstimateGain;
  estimate_ = std::clamp(estimate_, kLeastEstimate, kMostEstimate);
}

void Reservation::learn_usual_pace(const Step& step) noexcept {
  if (step.seconds <= 0) return;
  const double gain = std::min(1.0, step.seconds / (kUsualWindows * window_));
  usual_ += (step.placed / step.seconds - usual_) * gain;
}

std::uint32_t Reservation::headroom() const noexcept {
  constexpr double kMost = kUnlimitedHeadroom - 1;
  const double connections = std::floor((kMostFilled - load_ - reserved_) / estimate_);
  return static_cast<std::uint32_t>(std::clamp(connections, 0.0, kMost));
}

}  // namespace spillway
