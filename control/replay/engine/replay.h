#pragma once
// The main job: a capture through the router, every packet judged.

#include <functional>
#include <optional>
#include <string>

#include "control/config/config.h"
#include "control/replay/engine/scan.h"
#include "control/replay/engine/stage.h"
#include "control/replay/report/report.h"

namespace spillway::replay {

enum class Speed : std::uint8_t {
  virtual_time,  ///< one packet an iteration, on the capture's clock
  real,          ///< the same, waiting for the wall clock
  max,           ///< bursts of packets that follow each other at one port
};

struct ReplaySettings {
  std::string capture;
  std::optional<std::string> out_dir;  ///< a pcapng for each port
  Speed speed = Speed::virtual_time;
  double time_scale = 1;
  std::uint32_t rounds = 1;  ///< how often the capture is played, with new connections each time
  /// Called now and then with frames played so far and seconds of router time.
  std::function<void(std::uint64_t, double)> on_progress;
};

/// What the stage needs for this capture; the EAL's memory follows from it.
StageSettings stage_settings(const CaptureScan& scan);

/// Plays the capture. Needs an EAL with Stage::memory_mib. Throws CaptureError when the capture
/// vanished, std::runtime_error when a port or an output file cannot be made.
Report replay(const config::Config& config, const ReplaySettings& settings,
              const CaptureScan& scan);

}  // namespace spillway::replay
