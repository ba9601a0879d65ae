#pragma once

#include <cstddef>
#include <vector>

#include "control/replay/report/report.h"

namespace spillway::replay {

/// Samples for the chart, bounded: when there are too many, neighbours are joined, keeping the
/// higher rate and the sum of new connections. Thread contract: one thread.
class SampleLog {
 public:
  static constexpr std::size_t kMost = 8192;

  void add(UplinkSample sample);
  std::vector<UplinkSample> take();

 private:
  void halve();

  std::vector<UplinkSample> samples_;
  UplinkSample pending_;
  std::size_t joined_ = 0;  ///< samples in `pending_`
  std::size_t stride_ = 1;
};

}  // namespace spillway::replay
