#include "tests/simulation/workload.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spillway::simulation {
namespace {

constexpr double kBodyMu = 9.357;
constexpr double kBodySigma = 1.318;
constexpr double kTailFrom = 133e3;

/// Mean of a Pareto distribution that is cut off at `most`.
double mean_of_tail(double alpha, double least, double most) {
  const double share = 1 - std::pow(least / most, alpha);
  return alpha * std::pow(least, alpha) / share *
         (std::pow(most, 1 - alpha) - std::pow(least, 1 - alpha)) / (1 - alpha);
}

}  // namespace

Workload::Workload(const WorkloadSettings& settings, std::uint64_t seed)
    : settings_(settings), random_(seed) {
  const double body = std::exp(kBodyMu + kBodySigma * kBodySigma / 2);
  const double tail = mean_of_tail(settings.tail_alpha, kTailFrom, settings.largest);
  mean_bytes_ = (1 - settings.tail_share) * body + settings.tail_share * tail;
  arrivals_per_second_ = settings.offered / 8 / mean_bytes_;
}

// Drawn by hand: the standard's distributions differ between libraries, the generator does not.
double Workload::uniform() {
  return (static_cast<double>(random_() >> 11) + 0.5) / 9007199254740992.0;
}

double Workload::normal() {
  return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
}

double Workload::next_arrival() {
  return -std::log(uniform()) / arrivals_per_second_;
}

double Workload::bytes() {
  if (uniform() >= settings_.tail_share) return std::exp(kBodyMu + kBodySigma * normal());
  const double a = settings_.tail_alpha;
  const double share = 1 - std::pow(kTailFrom / settings_.largest, a);
  return kTailFrom / std::pow(1 - uniform() * share, 1 / a);
}

Demand Workload::next_demand() {
  return {bytes(), settings_.median_cap * std::exp(settings_.cap_sigma * normal())};
}

}  // namespace spillway::simulation
