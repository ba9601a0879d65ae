#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/capture/capture_store.h"
#include "control/commands/command_table.h"
#include "dataplane/clock.h"

namespace spillway {

/// What captures need of the router. A capture under way may outlive it: `router` says whether it
/// is still there.
struct CaptureDesk {
  /// Tells the workers what to capture, or, with null, nothing more.
  std::function<void(std::shared_ptr<const CaptureOrder>)> publish;
  /// How often all workers have been seen to go round.
  std::function<std::uint64_t()> rounds;
  std::function<TimePoint()> now;
  std::function<std::int64_t()> wall_ns;  ///< since 1970
  std::vector<std::string> ports;         ///< their names by PortIndex
  std::uint32_t longest_frame = 0;        ///< of any port
  unsigned workers = 1;
};

/// `capture`. The table must not outlive what the desk refers to.
void add_capture_command(CommandTable& table, CaptureDesk desk);

}  // namespace spillway
