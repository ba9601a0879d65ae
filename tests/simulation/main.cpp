// Prints the table of docs/steering.md, or a trace to draw from.

#include <cstdio>
#include <cstring>

#include "tests/simulation/bed.h"
#include "tests/simulation/controllers.h"

namespace spillway::simulation {
namespace {

constexpr double kThreshold = 5e6;
constexpr std::uint64_t kSeeds = 5;

void add(Outcome& sum, const Outcome& one) {
  sum.switches_per_minute += one.switches_per_minute / kSeeds;
  sum.total_utilisation += one.total_utilisation / kSeeds;
  sum.share_over += one.share_over / kSeeds;
  sum.worst_over = std::max(sum.worst_over, one.worst_over);
  sum.median_duration += one.median_duration / kSeeds;
  sum.mean_duration += one.mean_duration / kSeeds;
  sum.utilisation.resize(one.utilisation.size());
  for (std::size_t i = 0; i < one.utilisation.size(); ++i)
    sum.utilisation[i] += one.utilisation[i] / kSeeds;
}

void print_table(double offered) {
  std::printf("\nOffered load %.0f Mbit/s:\n\n", offered / 1e6);
  std::puts(
      "| controller | ISP_1 | ISP_2 | switches/min | time over 5 Mbit/s | worst | mean time |");
  std::puts("|---|---:|---:|---:|---:|---:|---:|");
  for (const Controller& controller : controllers(kThreshold)) {
    Outcome sum;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Settings settings;
      settings.workload.offered = offered;
      settings.seed = seed;
      add(sum, run(controller.config, settings));
    }
    std::printf("| %s | %.0f %% | %.0f %% | %.1f | %.0f %% | +%.0f %% | %.2f s |\n",
                controller.name.c_str(), sum.utilisation[0] * 100, sum.utilisation[1] * 100,
                sum.switches_per_minute, sum.share_over * 100, sum.worst_over * 100,
                sum.mean_duration);
  }
}

void print_trace(std::size_t which, double offered) {
  Settings settings;
  settings.workload.offered = offered;
  settings.keep_trace = true;
  settings.seconds = 180;
  const auto all = controllers(kThreshold);
  for (const Outcome::Sample& s : run(all.at(which).config, settings).trace)
    std::printf("%.1f %.0f %.0f %zu\n", s.time, s.rate[0], s.rate[1], s.active + 1);
}

}  // namespace
}  // namespace spillway::simulation

int main(int argc, char** argv) {
  using namespace spillway::simulation;
  if (argc == 4 && std::strcmp(argv[1], "trace") == 0) {
    print_trace(std::strtoul(argv[2], nullptr, 10), std::strtod(argv[3], nullptr));
    return 0;
  }
  for (const double offered : {4e6, 6e6, 9e6, 14e6}) print_table(offered);
}
