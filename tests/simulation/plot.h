#pragma once

#include <string>
#include <vector>

#include "tests/simulation/outcome.h"
#include "tests/simulation/site.h"
#include "tests/simulation/workload.h"

namespace spillway::simulation {

/// One way to steer, drawn.
struct Panel {
  std::string title;
  Site site;
  Outcome outcome;  ///< with its trace
};

/// What all panels were given.
struct Offered {
  double seconds = 0;
  double rate = 0;  ///< bit/s, before the first step
  std::vector<LoadStep> steps;
  double limit = 0;  ///< of the capacity: drawn where a panel has no threshold of its own
};

/// The rates of the first two uplinks over time, one panel below the other, with thresholds and the
/// switches of the active uplink: a picture that stands by itself, as SVG.
std::string to_svg(const std::vector<Panel>& panels, const Offered& offered);

}  // namespace spillway::simulation
