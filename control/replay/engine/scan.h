#pragma once
// The first reading of a capture: what it holds and which hosts are the LAN.

#include <cstdint>
#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/replay/capture/lan_plan.h"
#include "control/replay/report/report.h"

namespace spillway::replay {

struct CaptureScan {
  CaptureFacts facts;
  LanPlan plan;
  std::size_t longest_packet = 0;  ///< bytes from the network header on, before any cut
  std::int64_t first_ns = 0;       ///< capture time of the first frame
};

/// Throws CaptureError when nothing can be read.
CaptureScan scan_capture(const std::string& path, const config::Config& config,
                         const std::vector<Ipv4Prefix>& lan_nets);

}  // namespace spillway::replay
