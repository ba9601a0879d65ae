#pragma once
// The control core under replay: samples the router's counters on its virtual clock, lets the
// balancer decide, and keeps what the report shows of it.

#include "control/balance/balancer.h"
#include "control/config/config.h"
#include "control/replay/engine/sample_log.h"
#include "control/replay/engine/stage.h"
#include "control/replay/report/report.h"

namespace spillway::replay {

/// Thread contract: one thread.
class Metering {
 public:
  Metering(const config::Config& config, Stage& stage, Report& report);

  /// Whether a sample comes before or at `now`.
  bool due(TimePoint now) const { return next_ <= now; }
  /// Takes every sample up to `now`.
  void advance(TimePoint now);
  /// Lets the last rates fade, so that the chart and the switches are complete.
  void finish(TimePoint now);

 private:
  void sample(TimePoint at);
  void log(TimePoint at, const std::vector<std::uint64_t>& placed);
  std::string name_of(UplinkId id) const;

  const config::Config& config_;
  Stage& stage_;
  Report& report_;
  Balancer balancer_;
  SampleLog log_;
  TimePoint next_;
  std::vector<std::uint64_t> placed_before_;
};

}  // namespace spillway::replay
