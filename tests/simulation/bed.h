#pragma once
// A site in discrete time: the router's own controller and selection on a virtual clock, against
// fluid uplinks and a workload.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/simulation/outcome.h"
#include "tests/simulation/site.h"
#include "tests/simulation/workload.h"

namespace spillway::simulation {

/// An uplink carries only a part of what it should. With 0 it is dead: its connections die, and the
/// router learns of it, and of its return, after the detection time.
struct Fault {
  std::size_t uplink = 0;
  double from = 0;  ///< seconds
  double to = 0;
  double left = 0;  ///< of its capacity
};

/// The control core is stuck and takes no samples.
struct Stall {
  double from = 0;  ///< seconds
  double to = 0;
};

struct Conditions {
  double seconds = 600;
  double warm_up = 60;     ///< not measured
  double limit = 0.8;      ///< of the capacity: where overshoot begins
  double detection = 0.3;  ///< seconds until a dead uplink is known
  std::uint32_t workers = 1;
  std::vector<Fault> faults;
  std::vector<Stall> stalls;
  bool keep_trace = false;
};

/// Runs `site` under `workload` to the end. The same input gives the same outcome.
Outcome run(const Site& site, Workload& workload, const Conditions& settings);

}  // namespace spillway::simulation
