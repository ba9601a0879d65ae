#include "control/replay/report/scale.h"

#include <cmath>

namespace spillway::replay {

double nice_step(double maximum, int most) {
  if (!(maximum > 0) || !std::isfinite(maximum)) return 1;
  const double least = maximum / most;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

std::vector<double> nice_ticks(double maximum, int most) {
  const double step = nice_step(maximum, most);
  std::vector<double> ticks{0};
  while (ticks.size() < 2 || ticks.back() < maximum * (1 - 1e-9))
    ticks.push_back(step * static_cast<double>(ticks.size()));
  return ticks;
}

}  // namespace spillway::replay
