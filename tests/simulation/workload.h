#pragma once
// Connections as people make them: arrivals, sizes and speeds drawn from the distributions that
// measurements of real traffic have found.

#include <cstdint>
#include <random>

namespace spillway::simulation {

/// A connection before it is placed.
struct Demand {
  double bytes = 0;  ///< to be received
  double cap = 0;    ///< bit/s that the server and the way to it allow
};

/// What a site asks for. Sizes are log-normal with a Pareto tail (P. Barford, M. Crovella:
/// "Generating representative web workloads", 1998: body mu 9.357, sigma 1.318 of ln bytes, tail
/// alpha 1.1 from 133 kB on, 7 % of all); speeds are log-normal.
struct WorkloadSettings {
  double offered = 10e6;  ///< bit/s on the average: sets the rate of arrivals
  double tail_share = 0.07;
  double tail_alpha = 1.2;  ///< above 1, so that there is an average; 1.1 takes weeks to settle
  double largest = 200e6;   ///< bytes
  double median_cap = 3e6;  ///< bit/s
  double cap_sigma = 0.8;
};

class Workload {
 public:
  Workload(const WorkloadSettings& settings, std::uint64_t seed);

  /// Seconds until the next connection.
  double next_arrival();
  Demand next_demand();
  double mean_bytes() const noexcept { return mean_bytes_; }

 private:
  double uniform();
  double normal();
  double bytes();

  WorkloadSettings settings_;
  std::mt19937_64 random_;
  double mean_bytes_;
  double arrivals_per_second_;
};

}  // namespace spillway::simulation
