#include "control/replay/engine/sample_log.h"

#include <algorithm>

namespace spillway::replay {
namespace {

void join(UplinkSample& into, const UplinkSample& other) {
  into.time = other.time;
  for (std::size_t i = 0; i < into.rx.size(); ++i) {
    into.rx[i] = std::max(into.rx[i], other.rx[i]);
    into.tx[i] = std::max(into.tx[i], other.tx[i]);
    into.new_connections[i] += other.new_connections[i];
  }
}

}  // namespace

void SampleLog::add(UplinkSample sample) {
  if (joined_ == 0)
    pending_ = std::move(sample);
  else
    join(pending_, sample);
  if (++joined_ < stride_) return;
  samples_.push_back(std::move(pending_));
  joined_ = 0;
  if (samples_.size() >= kMost) halve();
}

void SampleLog::halve() {
  for (std::size_t i = 0; i + 1 < samples_.size(); i += 2) {
    join(samples_[i], samples_[i + 1]);
    if (i > 0) samples_[i / 2] = std::move(samples_[i]);
  }
  samples_.resize(samples_.size() / 2);
  stride_ *= 2;
}

std::vector<UplinkSample> SampleLog::take() {
  if (joined_ > 0) samples_.push_back(std::move(pending_));
  joined_ = 0;
  return std::move(samples_);
}

}  // namespace spillway::replay
