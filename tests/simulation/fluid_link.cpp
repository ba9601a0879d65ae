#include "tests/simulation/fluid_link.h"

#include <algorithm>

namespace spillway::simulation {

/// The speed that nobody exceeds and that those who could go faster all have.
double FluidLink::fair_share() const {
  std::vector<double> caps;
  for (const Flow& flow : flows_) caps.push_back(flow.cap);
  std::sort(caps.begin(), caps.end());
  double left = capacity_;
  for (std::size_t i = 0; i < caps.size(); ++i) {
    const double share = left / static_cast<double>(caps.size() - i);
    if (caps[i] >= share) return share;
    left -= caps[i];
  }
  return capacity_;
}

void FluidLink::step(double now, double dt, std::vector<double>& durations) {
  const double share = fair_share();
  double moved = 0;
  std::erase_if(flows_, [&](Flow& flow) {
    const double bytes = std::min(flow.left, std::min(flow.cap, share) * dt / 8);
    moved += bytes;
    flow.left -= bytes;
    if (flow.left > 0) return false;
    durations.push_back(now + dt - flow.since);
    return true;
  });
  delivered_ += moved;
  rate_ = moved * 8 / dt;
}

std::size_t FluidLink::clear() {
  const std::size_t n = flows_.size();
  flows_.clear();
  rate_ = 0;
  return n;
}

}  // namespace spillway::simulation
