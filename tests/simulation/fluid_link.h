#pragma once

#include <cstdint>
#include <vector>

namespace spillway::simulation {

/// An uplink as a fluid: its connections share it fairly, each up to its own speed (max-min
/// fairness, which is what TCP flows of equal delay come to).
class FluidLink {
 public:
  explicit FluidLink(double capacity) : capacity_(capacity) {}

  void add(double bytes, double cap, double now) { flows_.push_back({bytes, cap, now}); }
  /// Lets `dt` seconds pass; ends what is finished, adding its duration to `durations`.
  void step(double now, double dt, std::vector<double>& durations);
  /// Ends everything: the link died.
  std::size_t clear();

  double delivered() const noexcept { return delivered_; }  ///< bytes
  double rate() const noexcept { return rate_; }            ///< bit/s in the last step
  double capacity() const noexcept { return capacity_; }
  std::size_t flows() const noexcept { return flows_.size(); }

 private:
  struct Flow {
    double left;  ///< bytes
    double cap;   ///< bit/s
    double since;
  };
  double fair_share() const;

  double capacity_;
  std::vector<Flow> flows_;
  double delivered_ = 0;
  double rate_ = 0;
};

}  // namespace spillway::simulation
