#pragma once
// A site in discrete time: the router's own controller and selection on a virtual clock, against
// fluid uplinks and a workload.

#include <functional>
#include <string>
#include <vector>

#include "control/balance/balancer.h"
#include "control/config/config.h"
#include "dataplane/wan/placement_budget.h"
#include "tests/simulation/fluid_link.h"
#include "tests/simulation/workload.h"

namespace spillway::simulation {

struct Outage {
  std::size_t uplink = 0;
  double from = 0;
  double to = 0;
};

struct Settings {
  WorkloadSettings workload;
  double seconds = 600;
  double warm_up = 60;  ///< not measured
  std::uint64_t seed = 1;
  std::vector<Outage> outages;
  bool keep_trace = false;
};

/// What came of it, per uplink where it is a list.
struct Outcome {
  double switches_per_minute = 0;
  std::vector<double> utilisation;  ///< of its capacity
  double total_utilisation = 0;     ///< of both capacities together
  double share_over = 0;            ///< of the time that the first uplink's rate was over its limit
  double worst_over = 0;            ///< most of its measured rate over its limit, as a share of it
  double median_duration = 0;       ///< of connections, seconds
  double mean_duration = 0;
  std::size_t lost = 0;  ///< connections that died with their uplink
  struct Sample {
    double time;
    std::vector<double> rate;
    std::size_t active;
  };
  std::vector<Sample> trace;
};

/// Runs `config` (its uplinks state capacities) to the end. The same settings give the same
/// outcome.
Outcome run(const config::Config& config, const Settings& settings);

}  // namespace spillway::simulation
