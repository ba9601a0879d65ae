#pragma once
// Many runs at once: what tables print and tests judge.

#include <cstddef>
#include <vector>

#include "tests/simulation/bed.h"

namespace spillway::simulation {

/// Of several runs with seeds from 1 on: averages, but the worst overshoot is that of all runs and
/// connections are added up.
Outcome average(const Site& site, const WebSettings& workload, const Conditions& settings,
                std::size_t runs);

/// A load that does not change, measured once it has settled: the warm-up takes four lengths of a
/// connection more, the rest a minute.
Outcome constant(const Site& site, const SteadySettings& workload, Conditions settings = {});

/// Highest number of switches per minute at constant loads from `least` to `most` times the sum of
/// all limits, in steps of a twentieth of it.
double most_switches(const Site& site, SteadySettings workload, double least, double most);

/// Of `uplink` from `from` to `to` seconds, by the trace: bit/s on the average.
double mean_rate(const Outcome& outcome, std::size_t uplink, double from, double to);

/// Sum of what the uplinks may carry, bit/s.
double sum_of_limits(const Site& site, double limit);

}  // namespace spillway::simulation
