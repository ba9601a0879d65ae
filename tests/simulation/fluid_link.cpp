#include "tests/simulation/fluid_link.h"

#include <algorithm>
#include <numeric>

namespace spillway::simulation {

/// The speed that nobody exceeds and that those who could go faster all have.
double FluidLink::fair_share(double now) {
  caps_.clear();
  for (const Flow& flow : flows_)
    if (flow.connection.time + flow.connection.setup <= now) caps_.push_back(flow.connection.cap);
  if (std::accumulate(caps_.begin(), caps_.end(), 0.0) <= capacity_) return capacity_;
  std::sort(caps_.begin(), caps_.end());
  double left = capacity_;
  for (std::size_t i = 0; i < caps_.size(); ++i) {
    const double share = left / static_cast<double>(caps_.size() - i);
    if (caps_[i] >= share) return share;
    left -= caps_[i];
  }
  return capacity_;
}

void FluidLink::step(double now, double dt, std::vector<double>& durations) {
  const double share = fair_share(now);
  std::erase_if(flows_, [&](Flow& flow) {
    const Arrival& c = flow.connection;
    if (c.time + c.setup > now) return false;
    const double bytes = std::min(flow.left, std::min(c.cap, share) * dt / 8);
    delivered_ += bytes;
    flow.left -= bytes;
    if (flow.left > 0) return false;
    durations.push_back(now + dt - c.time);
    return true;
  });
}

std::size_t FluidLink::clear() {
  const std::size_t n = flows_.size();
  flows_.clear();
  return n;
}

}  // namespace spillway::simulation
