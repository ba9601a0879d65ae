#pragma once

#include <string>
#include <vector>

#include "control/config/config.h"

namespace spillway::simulation {

/// Ways to steer the same two uplinks.
struct Controller {
  std::string name;
  config::Config config;
};

/// The talk's two uplinks at 10 Mbit/s each; where load decides, new connections leave the first
/// from `threshold` (bit/s) on.
std::vector<Controller> controllers(double threshold);

}  // namespace spillway::simulation
