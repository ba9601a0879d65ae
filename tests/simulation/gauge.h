#pragma once

#include <utility>
#include <vector>

#include "tests/simulation/outcome.h"

namespace spillway::simulation {

/// Adds up an Outcome while a run goes on. Thread contract: one thread.
class Gauge {
 public:
  /// `limits`: bit/s of each uplink, by which overshoot is judged.
  Gauge(std::vector<double> capacities, std::vector<double> limits)
      : capacities_(std::move(capacities)), limits_(std::move(limits)) {
    outcome_.uplinks.resize(capacities_.size());
  }

  Outcome& outcome() noexcept { return outcome_; }
  std::vector<double>& durations() noexcept { return durations_; }

  /// From now on it is measured; `delivered`: bytes by each uplink until now.
  void begin(double now, const std::vector<double>& delivered);
  bool begun() const noexcept { return begun_; }
  void sample(const std::vector<double>& rates);
  void finish(double now, const std::vector<double>& delivered);

 private:
  std::vector<double> capacities_;
  std::vector<double> limits_;
  bool begun_ = false;
  double since_ = 0;
  std::vector<double> before_;
  std::size_t samples_ = 0;
  std::vector<double> durations_;  ///< of connections that ended
  Outcome outcome_;
};

}  // namespace spillway::simulation
