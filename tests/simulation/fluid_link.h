#pragma once

#include <cstddef>
#include <vector>

#include "tests/simulation/workload.h"

namespace spillway::simulation {

/// An uplink as a fluid: its connections share it fairly, each up to its own speed (max-min
/// fairness, which is what TCP flows of equal delay come to).
class FluidLink {
 public:
  explicit FluidLink(double capacity) : capacity_(capacity) {}

  void add(const Arrival& connection) { flows_.push_back({connection, connection.bytes}); }
  /// Lets the time from `now` to `now + dt` pass; ends what is finished, adding the seconds since
  /// its arrival to `durations`.
  void step(double now, double dt, std::vector<double>& durations);
  /// The line's rate from now on, bit/s.
  void set_capacity(double capacity) { capacity_ = capacity; }
  /// Ends everything: the link died. How many connections that were.
  std::size_t clear();

  double delivered() const noexcept { return delivered_; }  ///< bytes since the start
  std::size_t flows() const noexcept { return flows_.size(); }

 private:
  struct Flow {
    Arrival connection;
    double left;  ///< bytes
  };
  double fair_share(double now);

  double capacity_;
  std::vector<Flow> flows_;
  std::vector<double> caps_;  ///< kept for its memory
  double delivered_ = 0;
};

}  // namespace spillway::simulation
