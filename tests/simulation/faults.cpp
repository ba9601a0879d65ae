// Tables of what goes wrong.

#include <sstream>

#include "control/replay/report/format.h"
#include "tests/simulation/study.h"
#include "tests/simulation/tables.h"

namespace spillway::simulation {
namespace {

using replay::fixed;

constexpr double kSpillAbove = Conditions{}.limit;
const std::vector<double> kPair{100e6, 100e6};
constexpr double kFrom = 120;  // seconds
constexpr double kTo = 180;

Outcome with_fault(const char* name, const Conditions& settings) {
  WebSettings workload;
  workload.offered = 70e6;
  const auto load = web_workload(workload, 1);
  return run(steered_by(name, kPair, kSpillAbove), *load, settings);
}

void row(std::ostream& out, const std::string& what, const char* name, const Conditions& settings) {
  const Outcome o = with_fault(name, settings);
  const auto rate = [&](std::size_t uplink, double from, double to) {
    return fixed(mean_rate(o, uplink, from, to) / 1e6, 0);
  };
  out << "| " << what << " | " << name << " | " << o.uplinks[0].lost << " | " << o.uplinks[1].lost
      << " | " << o.refused;
  constexpr double kMinute = 60;
  for (const double from : {kFrom - kMinute, kFrom, kTo})
    out << " | " << rate(0, from, from + kMinute) << " + " << rate(1, from, from + kMinute);
  out << " | " << fixed(o.mean_duration, 2) << " s |\n";
}

}  // namespace

std::string table_of_a_burst() {
  std::ostringstream out;
  out << "| way to steer | ISP_1 over its threshold by at most |\n|---|---:|\n";
  Conditions settings;
  settings.seconds = 90;
  settings.limit = 0.5;  // leaves room to exceed it
  for (const char* name : {kSpillway, kHysteresis, kSingle, kLeastUsed, kPcc}) {
    WebSettings calm;
    calm.offered = 15e6;
    const auto load = with_burst(web_workload(calm, 1), {70, 60, 0.5, 1e6, 10});
    const Outcome o = run(steered_by(name, kPair, settings.limit), *load, settings);
    out << "| " << name << " | " << fixed(o.uplinks[0].worst * 100, 0) << " % |\n";
  }
  return out.str();
}

std::string table_of_faults() {
  std::ostringstream out;
  out << "| for a minute | way to steer | lost on ISP_1 | on ISP_2 | refused | Mbit/s in the "
         "minute "
         "before | during | after | a connection |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n";
  Conditions settings;
  settings.seconds = kTo + 60;
  settings.keep_trace = true;
  Conditions dead = settings;
  dead.faults = {{0, kFrom, kTo, 0}};
  Conditions slow = settings;
  slow.faults = {{0, kFrom, kTo, 0.3}};
  Conditions stuck = settings;
  stuck.stalls = {{kFrom, kTo}};
  for (const char* name : {kSpillway, kSingle, kPcc}) row(out, "ISP_1 is dead", name, dead);
  for (const char* name : {kSpillway, kSingle, kPcc})
    row(out, "ISP_1 carries 30 Mbit/s", name, slow);
  row(out, "the control core is stuck", kSpillway, stuck);
  return out.str();
}

}  // namespace spillway::simulation
