#include "tests/simulation/workload.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace spillway::simulation {
namespace {

/// Drawn by hand: the standard's distributions differ between libraries, the generator does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : generator_(seed) {}

  double uniform() { return (static_cast<double>(generator_() >> 11) + 0.5) / 9007199254740992.0; }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  double normal() {
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
  }
  double log_normal(double mu, double sigma) { return std::exp(mu + sigma * normal()); }
  /// Cut off at `most`.
  double pareto(double alpha, double least, double most) {
    const double share = 1 - std::pow(least / most, alpha);
    return least / std::pow(1 - uniform() * share, 1 / alpha);
  }

 private:
  std::mt19937_64 generator_;
};

double mean_of_pareto(double alpha, double least, double most) {
  const double share = 1 - std::pow(least / most, alpha);
  return alpha * std::pow(least, alpha) / share *
         (std::pow(most, 1 - alpha) - std::pow(least, 1 - alpha)) / (1 - alpha);
}

class Web : public Workload {
 public:
  Web(const WebSettings& settings, std::uint64_t seed) : s_(settings), random_(seed) {
    const double body = std::exp(kBodyMu + kBodySigma * kBodySigma / 2);
    const double tail = mean_of_pareto(s_.tail_alpha, kTailFrom, s_.largest);
    const double bytes = (1 - s_.tail_share) * body + s_.tail_share * tail;
    between_pages_ = bytes * mean_connections() * 8 / s_.offered;
  }

  Arrival next() override {
    while (left_of_page_ == 0) next_page();
    --left_of_page_;
    return {page_, bytes(), random_.log_normal(std::log(s_.median_cap), s_.cap_sigma), s_.setup};
  }

 private:
  static constexpr double kBodyMu = 9.357;
  static constexpr double kBodySigma = 1.318;
  static constexpr double kTailFrom = 133e3;

  /// Of the number as it is drawn: a continuous value rounded down.
  double mean_connections() const {
    const double share = 1 - std::pow(1 / s_.most_connections, s_.connections_alpha);
    const auto most = static_cast<int>(s_.most_connections);
    double mean = 0;
    for (int n = 1; n < most; ++n) mean += 1 - (1 - std::pow(n, -s_.connections_alpha)) / share;
    return mean;
  }

  void next_page() {
    double factor = 1;
    for (const LoadStep& step : s_.steps)
      if (page_ >= step.from) factor = step.factor;
    page_ += random_.exponential(between_pages_) / factor;
    left_of_page_ =
        static_cast<std::size_t>(random_.pareto(s_.connections_alpha, 1, s_.most_connections));
  }

  double bytes() {
    if (random_.uniform() < s_.tail_share)
      return random_.pareto(s_.tail_alpha, kTailFrom, s_.largest);
    return random_.log_normal(kBodyMu, kBodySigma);
  }

  WebSettings s_;
  Random random_;
  double between_pages_;  ///< seconds
  double page_ = 0;
  std::size_t left_of_page_ = 0;
};

class Steady : public Workload {
 public:
  Steady(const SteadySettings& settings, std::uint64_t seed) : s_(settings), random_(seed) {}

  Arrival next() override {
    const double between = s_.each * s_.seconds / s_.offered;
    time_ += s_.poisson ? random_.exponential(between) : between;
    return {time_, s_.each * s_.seconds / 8, s_.each, 0};
  }

 private:
  SteadySettings s_;
  Random random_;
  double time_ = 0;
};

class WithBurst : public Workload {
 public:
  WithBurst(std::unique_ptr<Workload> first, const Burst& burst)
      : first_(std::move(first)), burst_(burst), waiting_(first_->next()) {}

  Arrival next() override {
    const double time =
        burst_.time + burst_.within * static_cast<double>(done_) /
                          static_cast<double>(std::max<std::size_t>(burst_.count, 1));
    if (done_ == burst_.count || waiting_.time <= time)
      return std::exchange(waiting_, first_->next());
    ++done_;
    return {time, burst_.each * burst_.seconds / 8, burst_.each, 0};
  }

 private:
  std::unique_ptr<Workload> first_;
  Burst burst_;
  Arrival waiting_;
  std::size_t done_ = 0;
};

}  // namespace

std::unique_ptr<Workload> web_workload(const WebSettings& settings, std::uint64_t seed) {
  return std::make_unique<Web>(settings, seed);
}

std::unique_ptr<Workload> steady_workload(const SteadySettings& settings, std::uint64_t seed) {
  return std::make_unique<Steady>(settings, seed);
}

std::unique_ptr<Workload> with_burst(std::unique_ptr<Workload> first, const Burst& burst) {
  return std::make_unique<WithBurst>(std::move(first), burst);
}

}  // namespace spillway::simulation
