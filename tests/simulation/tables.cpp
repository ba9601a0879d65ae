#include "tests/simulation/tables.h"

#include <sstream>

#include "control/replay/report/format.h"
#include "tests/simulation/plot.h"
#include "tests/simulation/study.h"

namespace spillway::simulation {
namespace {

using replay::fixed;

constexpr double kSpillAbove = Conditions{}.limit;
const std::vector<double> kPair{100e6, 100e6};

std::string percent(double part, int decimals = 0) {
  return fixed(part * 100, decimals) + " %";
}

void row_of_real_traffic(std::ostream& out, double offered, const char* name) {
  constexpr std::size_t kRuns = 5;
  WebSettings workload;
  workload.offered = offered;
  const Outcome o = average(steered_by(name, kPair, kSpillAbove), workload, {}, kRuns);
  const UplinkOutcome& first = o.uplinks[0];
  out << "| " << fixed(offered / 1e6, 0) << " | " << name << " | " << percent(first.utilisation)
      << " | " << percent(o.uplinks[1].utilisation) << " | " << percent(o.utilisation, 1) << " | "
      << fixed(o.switches_per_minute, 1) << " | " << percent(first.over) << " | "
      << percent(first.excess, 1) << " | " << fixed(o.mean_duration, 2) << " s |\n";
}

constexpr double kShown = 180;  // seconds
constexpr double kCalm = 50e6;
const std::vector<LoadStep> kSteps = {{40, 2.6}, {130, 1}};

Panel drawn(const std::string& name) {
  WebSettings workload;
  workload.offered = kCalm;
  workload.steps = kSteps;
  Conditions settings;
  settings.seconds = kShown;
  settings.keep_trace = true;
  const Site site = steered_by(name, kPair, kSpillAbove);
  const auto load = web_workload(workload, 1);
  return {name, site, run(site, *load, settings)};
}

}  // namespace

std::string table_of_real_traffic() {
  std::ostringstream out;
  out << "| offered, Mbit/s | way to steer | ISP_1 | ISP_2 | both | switches/min | ISP_1 over its "
         "threshold | overshoot | a connection |\n|---:|---|---:|---:|---:|---:|---:|---:|---:|\n";
  for (const double offered : {100e6, 150e6, 180e6})
    for (const char* name : {kSpillway, kDwell, kHysteresis, kSingle, kLeastUsed, kPcc})
      row_of_real_traffic(out, offered, name);
  return out.str();
}

std::string table_of_several_uplinks() {
  std::ostringstream out;
  out << "| uplinks | way to steer | the first | the last | switches/min | overshoot | a "
         "connection "
         "|\n|---:|---|---:|---:|---:|---:|---:|\n";
  for (const std::size_t n : {2u, 3u, 8u}) {
    const std::vector<double> capacities(n, 100e6);
    WebSettings workload;
    workload.offered = 60e6 * static_cast<double>(n);
    for (const char* name : {kSpillway, kSingle, kPcc}) {
      const Outcome o = average(steered_by(name, capacities, kSpillAbove), workload, {}, 2);
      double excess = 0;
      for (const UplinkOutcome& u : o.uplinks) excess += u.excess / static_cast<double>(n);
      out << "| " << n << " | " << name << " | " << percent(o.uplinks.front().utilisation) << " | "
          << percent(o.uplinks.back().utilisation) << " | " << fixed(o.switches_per_minute, 1)
          << " | " << percent(excess, 1) << " | " << fixed(o.mean_duration, 2) << " s |\n";
    }
  }
  return out.str();
}

std::string table_of_constant_loads() {
  constexpr double kLengths[] = {0.5, 2, 10, 30};  // seconds
  std::ostringstream out;
  out << "| way to steer | size of a connection | load | 0.5 s | 2 s | 10 s | 30 s |\n"
         "|---|---:|---:|---:|---:|---:|---:|\n";
  const auto row = [&](const char* name, double size, double least, double most) {
    out << "| " << name << " | " << percent(size) << " | " << percent(least) << " to "
        << percent(most) << " |";
    for (const double seconds : kLengths) {
      const SteadySettings workload{0, size * kSpillAbove * kPair[0], seconds, false};
      const Site site = steered_by(name, kPair, kSpillAbove);
      out << " " << fixed(most_switches(site, workload, least, most), 0) << " |";
    }
    out << "\n";
  };
  row(kSingle, 0.01, 0.1, 1.2);
  row(kHysteresis, 0.01, 0.1, 1.2);
  for (const double size : {0.01, 0.06, 0.12, 0.25}) row(kSpillway, size, 0.1, 0.75);
  for (const double size : {0.01, 0.06, 0.12, 0.25}) row(kSpillway, size, 0.8, 1.2);
  return out.str();
}

std::string picture() {
  return to_svg({drawn(kSpillway), drawn(kSingle), drawn(kPcc)},
                {kShown, kCalm, kSteps, kSpillAbove});
}

}  // namespace spillway::simulation
