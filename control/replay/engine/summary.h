#pragma once

#include "control/config/config.h"
#include "control/replay/engine/stage.h"
#include "control/replay/report/report.h"

namespace spillway::replay {

/// Reads the router's counters into the report. Thread contract: control only.
void summarise(const config::Config& config, const Stage& stage, Report& report);

}  // namespace spillway::replay
