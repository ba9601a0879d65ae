#include "tests/simulation/controllers.h"

#include "control/config/load.h"

namespace spillway::simulation {
namespace {

config::Config two_uplinks(const std::string& threshold, const std::string& rest) {
  return config::parse(
      "lan = { name = \"LAN\"; port = \"lan0\"; address = \"192.168.22.1/24\"; };\n"
      "uplinks = ( { name = \"ISP_1\"; port = \"wan1\"; address = \"1.1.1.32/24\";\n"
      "    gateway = \"1.1.1.1\"; capacity = { rx = \"10M\"; tx = \"10M\"; };" +
          threshold +
          " },\n"
          "  { name = \"ISP_2\"; port = \"wan2\"; address = \"2.2.2.65/24\"; gateway = "
          "\"2.2.2.1\";\n    capacity = { rx = \"10M\"; tx = \"10M\"; }; } );\n" +
          rest,
      "simulation");
}

std::string band(double above, double below) {
  return " threshold = { spill_above = " + std::to_string(static_cast<long>(above)) +
         "; return_below = " + std::to_string(static_cast<long>(below)) + "; };";
}

std::string mode(const std::string& name, const std::string& more = "") {
  return "balance = { mode = \"" + name + "\"; " + more + " };\n";
}

}  // namespace

std::vector<Controller> controllers(double threshold) {
  constexpr double hysteresis = 0.8;
  const std::string wide = band(threshold, hysteresis * threshold);
  const std::string edge = band(threshold, threshold);
  return {
      {"hysteresis and reservation", two_uplinks(wide, mode("bandwidth"))},
      {"hysteresis alone", two_uplinks(wide, mode("bandwidth", "reserve = false;"))},
      {"a single threshold", two_uplinks(edge, mode("bandwidth", "reserve = false;"))},
      {"least-used", two_uplinks("", mode("least-used"))},
      {"weighted", two_uplinks("", mode("weighted"))},
      {"PCC", two_uplinks("", mode("pcc", "classifier = \"both-addresses-and-ports\";"))},
      {"failover", two_uplinks("", mode("failover"))},
  };
}

}  // namespace spillway::simulation
