#pragma once
// What came of a run.

#include <cstddef>
#include <string>
#include <vector>

namespace spillway::simulation {

/// While it was measured; parts of 1.
struct UplinkOutcome {
  double utilisation = 0;  ///< of its capacity
  double over = 0;         ///< of the time, how long its rate was over the limit
  double excess = 0;  ///< of the limit, how far its rate was over it, averaged over all the time
  double worst = 0;   ///< of the limit, how far at most
  std::size_t placed = 0;  ///< connections, since the start
  std::size_t lost = 0;    ///< of them, those that died with it
};

struct Outcome {
  struct Switch {
    double time = 0;
    std::size_t from = 0;
    std::size_t to = 0;
    std::string cause;
  };
  struct Sample {
    double time = 0;
    std::vector<double> rate;  ///< bit/s, over the router's window
  };

  std::vector<UplinkOutcome> uplinks;
  double utilisation = 0;          ///< of all capacities together
  std::vector<Switch> switches;    ///< since the start
  double switches_per_minute = 0;  ///< while it was measured
  std::vector<double> overloads;   ///< when all uplinks were said to be overloaded, since the start
  std::size_t refused = 0;         ///< connections that found no uplink, since the start
  double mean_duration = 0;        ///< of connections, seconds
  std::vector<Sample> trace;       ///< since the start
};

}  // namespace spillway::simulation
