#pragma once
// Orders over connections on their way through the workers: one after the other, so that what each
// has ended can be told.

#include <cstdint>
#include <deque>
#include <optional>

#include "control/health/failover.h"
#include "control/router/worker_group.h"

namespace spillway {

/// Thread contract: control only.
class Evictions {
 public:
  struct Done {
    Eviction eviction;
    std::uint64_t connections = 0;  ///< that ended
  };

  explicit Evictions(WorkerGroup& workers) : workers_(workers) {}

  /// Goes to the workers at once, or as soon as they are through with the ones before.
  void add(const Eviction& eviction);
  /// The one that has been carried out since the last call; nothing when none has.
  std::optional<Done> poll();

 private:
  void give();

  WorkerGroup& workers_;
  std::deque<Eviction> waiting_;  ///< the first one is under way
  std::uint64_t evicted_before_ = 0;
  std::uint64_t given_ = 0;  ///< orders, over all workers
};

}  // namespace spillway
