#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "control/commands/command_table.h"
#include "control/commands/last_look.h"
#include "dataplane/path/stage_clocks.h"

namespace spillway {

/// What a worker has done since its start.
struct WorkerCounts {
  std::uint64_t iterations = 0;
  std::uint64_t busy_iterations = 0;  ///< that found something to do
  std::uint64_t busy_ns = 0;          ///< that these took
  std::uint64_t packets = 0;          ///< that it took in these
  std::uint64_t given = 0;            ///< to other workers
  std::uint64_t taken = 0;            ///< from other workers
  StageCounts stages;                 ///< of a few bursts
};

struct WorkerView {
  unsigned number = 0;
  std::string cpus;  ///< where its thread may run
  std::string idle;  ///< what it does while nothing comes
  std::uint64_t connections = 0;
  std::uint64_t capacity = 0;  ///< connections that its table has room for
  WorkerCounts counts;
};

struct WorkersView {
  double clocks_per_ns = 1;  ///< of the CPUs' time-stamp counters
  std::vector<WorkerView> workers;
};

/// `show workers`.
void add_worker_commands(CommandTable& table, std::function<WorkersView()> workers,
                         std::function<TimePoint()> now);

/// One for each worker.
using WorkersSince = LastLook<std::vector<WorkerCounts>>::Since;
std::string workers_to_text(const WorkersView& workers, const WorkersSince& since);
std::string workers_to_json(const WorkersView& workers, const WorkersSince& since);

}  // namespace spillway
