#pragma once
// The router's endpoints at DPDK's telemetry socket.

#include "control/metrics/snapshot_shelf.h"

namespace spillway {

/// Answers them from the shelf as long as this lives; one in a process, which needs an EAL. DPDK
/// asks on threads of its own. Thread contract: control only.
class Telemetry {
 public:
  /// `shelf` must outlive this.
  explicit Telemetry(const SnapshotShelf& shelf);
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;
};

}  // namespace spillway
