#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "control/config/config.h"

namespace spillway::simulation {

/// Uplinks ISP_1, ISP_2, ... and how they are steered.
struct Site {
  std::vector<double> capacities{100e6, 100e6};  ///< bit/s of each uplink, both ways
  double spill_above = 0;                        ///< part of the capacity; 0: no thresholds
  double return_below = 0;
  std::string balance;   ///< settings of `balance`, as in a configuration
  std::string monitors;  ///< likewise
};

config::Config configuration(const Site& site);

/// A way to steer, with the name that tables give it.
struct Controller {
  std::string name;
  Site site;
};

inline constexpr char kSpillway[] = "hysteresis and reservation";
inline constexpr char kDwell[] = "the same with 5 s of dwell";
inline constexpr char kHysteresis[] = "hysteresis alone";
inline constexpr char kSingle[] = "a single threshold";
inline constexpr char kLeastUsed[] = "least-used";
inline constexpr char kPcc[] = "PCC";

/// Ways to steer uplinks of these capacities. Where load decides, new connections leave an uplink
/// from `spill_above` of its capacity on and come back below four fifths of that.
std::vector<Controller> controllers(const std::vector<double>& capacities, double spill_above);
/// One of them by its name; throws std::out_of_range when there is none.
Site steered_by(const std::string& name, const std::vector<double>& capacities, double spill_above);

}  // namespace spillway::simulation
