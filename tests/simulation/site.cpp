#include "tests/simulation/site.h"

#include <algorithm>
#include <stdexcept>

#include "control/config/load.h"

namespace spillway::simulation {
namespace {

std::string whole(double rate) {
  return std::to_string(static_cast<std::int64_t>(rate)) + "L";
}

std::string uplink(const Site& site, std::size_t n) {
  const std::string number = std::to_string(n + 1);
  const std::string network = "10.0." + number + ".";
  const double capacity = site.capacities[n];
  std::string text = "{ name = \"ISP_" + number + "\"; port = \"wan" + number + "\"; address = \"" +
                     network + "2/24\"; gateway = \"" + network +
                     "1\"; capacity = { rx = " + whole(capacity) + "; tx = " + whole(capacity) +
                     "; };";
  if (site.spill_above > 0)
    text += " threshold = { spill_above = " + whole(site.spill_above * capacity) +
            "; return_below = " + whole(site.return_below * capacity) + "; };";
  return text + " }";
}

}  // namespace

config::Config configuration(const Site& site) {
  std::string text =
      "lan = { name = \"LAN\"; port = \"lan0\"; address = \"192.168.22.1/24\"; };\nuplinks = (";
  for (std::size_t i = 0; i < site.capacities.size(); ++i)
    text += (i > 0 ? ", " : " ") + uplink(site, i);
  text += " );\nbalance = { " + site.balance + " };\n";
  if (!site.monitors.empty()) text += "monitors = ( " + site.monitors + " );\n";
  return config::parse(text, "simulation");
}

std::vector<Controller> controllers(const std::vector<double>& capacities, double spill_above) {
  constexpr double kBack = 0.8;
  const auto with = [&](double back, const std::string& balance) {
    return Site{capacities, spill_above, back * spill_above, balance, ""};
  };
  const auto without = [&](const std::string& balance) {
    return Site{capacities, 0, 0, balance, ""};
  };
  return {
      {kSpillway, with(kBack, "mode = \"bandwidth\";")},
      {kDwell, with(kBack, "mode = \"bandwidth\"; dwell_ms = 5000;")},
      {kHysteresis, with(kBack, "mode = \"bandwidth\"; reserve = false;")},
      {kSingle, with(1, "mode = \"bandwidth\"; reserve = false;")},
      {kLeastUsed, without("mode = \"least-used\";")},
      {"weighted", without("mode = \"weighted\";")},
      {kPcc, without("mode = \"pcc\"; classifier = \"both-addresses-and-ports\";")},
      {"failover", without("mode = \"failover\";")},
  };
}

Site steered_by(const std::string& name, const std::vector<double>& capacities,
                double spill_above) {
  const auto all = controllers(capacities, spill_above);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Controller& c) { return c.name == name; });
  if (found == all.end()) throw std::out_of_range("no controller is called " + name);
  return found->site;
}

}  // namespace spillway::simulation
