#include "tests/simulation/study.h"

#include <algorithm>
#include <numeric>

namespace spillway::simulation {
namespace {

void add(UplinkOutcome& sum, const UplinkOutcome& one, double part) {
  sum.utilisation += one.utilisation * part;
  sum.over += one.over * part;
  sum.excess += one.excess * part;
  sum.worst = std::max(sum.worst, one.worst);
  sum.placed += one.placed;
  sum.lost += one.lost;
}

}  // namespace

Outcome average(const Site& site, const WebSettings& workload, const Conditions& settings,
                std::size_t runs) {
  Outcome sum;
  sum.uplinks.resize(site.capacities.size());
  const double part = 1 / static_cast<double>(runs);
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const auto load = web_workload(workload, seed);
    const Outcome one = run(site, *load, settings);
    for (std::size_t i = 0; i < one.uplinks.size(); ++i) add(sum.uplinks[i], one.uplinks[i], part);
    sum.utilisation += one.utilisation * part;
    sum.switches_per_minute += one.switches_per_minute * part;
    sum.mean_duration += one.mean_duration * part;
    sum.refused += one.refused;
    sum.overloads.insert(sum.overloads.end(), one.overloads.begin(), one.overloads.end());
  }
  return sum;
}

Outcome constant(const Site& site, const SteadySettings& workload, Conditions settings) {
  constexpr double kWindows = 30;  // seconds, for the averages to settle
  settings.warm_up = kWindows + 4 * workload.seconds;
  settings.seconds = settings.warm_up + 60;
  const auto load = steady_workload(workload, 1);
  return run(site, *load, settings);
}

double most_switches(const Site& site, SteadySettings workload, double least, double most) {
  constexpr double step = 0.05;
  double found = 0;
  const auto steps = static_cast<int>((most - least) / step * (1 + 1e-9));
  for (int i = 0; i <= steps; ++i) {
    workload.offered = (least + i * step) * sum_of_limits(site, Conditions{}.limit);
    found = std::max(found, constant(site, workload).switches_per_minute);
  }
  return found;
}

double mean_rate(const Outcome& outcome, std::size_t uplink, double from, double to) {
  double sum = 0;
  double samples = 0;
  for (const Outcome::Sample& s : outcome.trace) {
    if (s.time < from || s.time >= to) continue;
    sum += s.rate[uplink];
    ++samples;
  }
  return samples > 0 ? sum / samples : 0;
}

double sum_of_limits(const Site& site, double limit) {
  return limit * std::accumulate(site.capacities.begin(), site.capacities.end(), 0.0);
}

}  // namespace spillway::simulation
