#pragma once
// One polling core: takes bursts from its ports, sends what the pipeline lets through.

#include <cstdint>
#include <vector>

#include "dataplane/path/pipeline.h"
#include "dataplane/path/snapshot_cell.h"

namespace spillway {

struct WorkerPort {
  std::uint16_t ethdev = 0;
  std::uint16_t queue = 0;
  PortIndex index = PortIndex::none;
};

/// Thread contract: one thread calls `poll`; counters may be read by any.
class Worker {
 public:
  /// Connections looked at for expiry per iteration, so that its cost stays bounded.
  static constexpr std::uint32_t kExpireBudget = 64;

  Worker(unsigned id, const PipelineSettings& settings, SnapshotCell& snapshots,
         const ActiveCell& active);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Before the first poll. `facts` describe the port to the pipeline.
  void add_port(const WorkerPort& port, const PipelinePort& facts);

  /// One iteration: every port's next burst, then expiry. Returns the packets received.
  std::uint32_t poll(TimePoint now) noexcept;

  Pipeline& pipeline() noexcept { return pipeline_; }
  WorkerCounters& counters() noexcept { return pipeline_.counters(); }
  /// Received packets that are neither sent, dropped nor punted yet.
  std::uint64_t held() noexcept { return pipeline_.tx().held(); }

 private:
  void flush() noexcept;

  unsigned id_;
  SnapshotCell& snapshots_;
  const ActiveCell& active_;
  Pipeline pipeline_;
  std::vector<WorkerPort> ports_;
  Burst burst_;
};

}  // namespace spillway
