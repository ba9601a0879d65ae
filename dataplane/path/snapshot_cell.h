#pragma once
// Publishes ConfigSnapshots to workers and frees the old ones once no worker reads them.

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/path/config_snapshot.h"

struct rte_rcu_qsbr;

namespace spillway {

/// Thread contract: `publish` and `reclaim` control only; `attach`, `load`, `quiescent` and
/// `detach` by the worker whose id is passed.
class SnapshotCell {
 public:
  /// For at most `workers` reading threads. Throws std::bad_alloc.
  SnapshotCell(std::unique_ptr<const ConfigSnapshot> first, unsigned workers);
  ~SnapshotCell();
  SnapshotCell(const SnapshotCell&) = delete;
  SnapshotCell& operator=(const SnapshotCell&) = delete;

  void publish(std::unique_ptr<const ConfigSnapshot> next);
  /// Frees what every worker has passed; never waits. Returns how many snapshots are still held.
  std::size_t reclaim() noexcept;

  void attach(unsigned worker) noexcept;
  void detach(unsigned worker) noexcept;
  const ConfigSnapshot& load() const noexcept { return *current_.load(std::memory_order_acquire); }
  /// The worker holds no reference from before this call.
  void quiescent(unsigned worker) noexcept;

 private:
  struct Retired {
    std::uint64_t token;
    std::unique_ptr<const ConfigSnapshot> snapshot;
  };
  struct Free {
    void operator()(rte_rcu_qsbr* q) const noexcept;
  };

  std::atomic<const ConfigSnapshot*> current_;
  std::unique_ptr<const ConfigSnapshot> owned_;
  std::vector<Retired> retired_;
  std::unique_ptr<rte_rcu_qsbr, Free> qsbr_;
};

}  // namespace spillway
