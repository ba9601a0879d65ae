#include "tests/simulation/gauge.h"

#include <algorithm>
#include <numeric>

namespace spillway::simulation {

void Gauge::begin(double now, const std::vector<double>& delivered) {
  begun_ = true;
  since_ = now;
  before_ = delivered;
  durations_.clear();
}

void Gauge::sample(const std::vector<double>& rates) {
  if (!begun_) return;
  ++samples_;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double over = std::max(0.0, rates[i] / limits_[i] - 1);
    UplinkOutcome& uplink = outcome_.uplinks[i];
    uplink.over += over > 0;
    uplink.excess += over;
    uplink.worst = std::max(uplink.worst, over);
  }
}

void Gauge::finish(double now, const std::vector<double>& delivered) {
  const double seconds = now - since_;
  const auto samples = static_cast<double>(std::max<std::size_t>(samples_, 1));
  double bits = 0;
  for (std::size_t i = 0; i < delivered.size(); ++i) {
    UplinkOutcome& uplink = outcome_.uplinks[i];
    uplink.utilisation = (delivered[i] - before_[i]) * 8 / (capacities_[i] * seconds);
    uplink.over /= samples;
    uplink.excess /= samples;
    bits += (delivered[i] - before_[i]) * 8;
  }
  outcome_.utilisation =
      bits / seconds / std::accumulate(capacities_.begin(), capacities_.end(), 0.0);
  const auto measured = std::count_if(outcome_.switches.begin(), outcome_.switches.end(),
                                      [&](const auto& s) { return s.time >= since_; });
  outcome_.switches_per_minute = static_cast<double>(measured) / seconds * 60;
  if (durations_.empty()) return;
  outcome_.mean_duration = std::accumulate(durations_.begin(), durations_.end(), 0.0) /
                           static_cast<double>(durations_.size());
}

}  // namespace spillway::simulation
