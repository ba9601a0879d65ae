#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "control/metrics/router_snapshot.h"

namespace spillway {

/// Where the control core leaves its last snapshot, and monitoring takes it. Neither holds the lock
/// for longer than it takes to copy a pointer, and the control core never waits for it.
class SnapshotShelf {
 public:
  using Item = std::shared_ptr<const RouterSnapshot>;

  /// False when a reader was just there: try again later. Thread contract: control only.
  bool publish(Item next) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    std::swap(last_, next);
    return true;
  }

  /// Null before the first one. Thread contract: any.
  Item last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  Item last_;
};

}  // namespace spillway
