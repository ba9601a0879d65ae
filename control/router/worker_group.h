#pragma once
// The workers: threads, rings, and what they read of the control core.

#include <memory>
#include <span>
#include <vector>

#include "control/config/config.h"
#include "control/metrics/router_snapshot.h"
#include "control/router/counter_report.h"
#include "control/router/handoff_rings.h"
#include "control/router/packet_pools.h"
#include "control/router/router_ports.h"
#include "control/router/tsc_clock.h"
#include "control/router/worker_link.h"
#include "control/router/worker_thread.h"
#include "control/uplink_totals.h"
#include "dataplane/path/snapshot_cell.h"
#include "dataplane/path/worker.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/affinity_table.h"

namespace spillway {

/// The router, as its Linux sees it on every companion interface: the owner of all other addresses.
inline constexpr MacAddr kRouterAsSeenByLinux{{0x02, 0x53, 0x50, 0xff, 0xff, 0xfe}};

/// Thread contract: control only. Construction throws std::runtime_error.
class WorkerGroup {
 public:
  /// `owners` says how many workers there are, `nodes` on which NUMA node each of them runs.
  WorkerGroup(const config::Config& config, const RouterPorts& ports, const PacketPools& pools,
              const TscClock& clock, std::span<const L4Port> probe_ids, const OwnerMap& owners,
              const std::vector<int>& nodes);
  ~WorkerGroup();
  WorkerGroup(const WorkerGroup&) = delete;
  WorkerGroup& operator=(const WorkerGroup&) = delete;

  /// Workers poll from here on, until `stop`, after which nothing moves any more. Throws
  /// std::runtime_error when DPDK has too few lcores.
  void start();
  void stop() noexcept;

  /// What workers read from their next iteration on.
  void publish(std::unique_ptr<const ConfigSnapshot> snapshot);
  /// Frees what they read no more; never waits.
  void reclaim() noexcept { snapshots_.reclaim(); }
  ActiveCell& active() noexcept { return active_; }

  std::span<const std::unique_ptr<WorkerLink>> links() const noexcept { return links_; }
  /// The worker that keeps the connection of a frame of Linux' own.
  WorkerLink& keeper(std::span<const std::uint8_t> frame) const noexcept;
  /// What its worker may still place under `word`, for a connection with `key`.
  PlacementBudget budget_for(const FlowKey& key, const ActiveWord& word) const;
  /// What the worker that has `budget` places by; it refers to both.
  PlacementContext context_of(const PlacementBudget& budget, const ActiveWord& word,
                              TimePoint now) const;
  /// Connections that a LAN host has opened.
  std::uint32_t connections_of(Ipv4Addr host) const noexcept { return hosts_.of(host); }
  std::size_t size() const noexcept { return workers_.size(); }
  /// Of the `i`-th worker: what it counts, how busy it is, and where its thread may run.
  const WorkerCounters& counters(std::size_t i) const noexcept { return workers_[i]->counters(); }
  const WorkerLoad& load(std::size_t i) const noexcept { return threads_[i]->load(); }
  std::string cpus(std::size_t i) const;
  UplinkCounts uplink_counts(const config::Config& config) const;
  void add_to(CounterTotals& totals) const;
  /// What each worker has done; `stalled` is the caller's to add.
  std::vector<WorkerFigures> figures() const;
  ConnectionFigures connections() const;
  /// How often each worker has gone round: it stands still when the worker does.
  std::vector<std::uint64_t> iterations() const;
  /// Gives an order to every worker; how many took it.
  unsigned order(const ConnectionOrder& order) noexcept;
  /// Orders that workers have carried out, and connections that ended by them.
  std::uint64_t orders_done() const noexcept;
  std::uint64_t evicted() const noexcept;
  /// How often all workers have been seen to go round: stands still when one of them does, and a
  /// probe may be on its way through it.
  std::uint64_t rounds();
  /// Of first TCP and UDP packets at `port`: how many there were, and how many unfinished.
  struct Checksums {
    std::uint64_t first = 0;
    std::uint64_t unfinished = 0;
  };
  Checksums checksums(PortIndex port) const noexcept;

  /// Connections that each of so many workers has room for: its share of `all`, and a reserve
  /// where it is one of several, because no hash shares out exactly.
  static std::uint32_t share_of(std::uint32_t all, unsigned workers) noexcept;
  /// Bytes for the tables of so many connections.
  static std::size_t table_bytes(std::uint32_t connections, unsigned workers) noexcept;

 private:
  void add_worker(const config::Config& config, const RouterPorts& ports, const PacketPools& pools);
  PipelineSettings settings_of(unsigned worker, const config::Config& config,
                               const PacketPools& pools);

  const TscClock& clock_;
  ActiveCell active_;
  AffinityTable affinity_;
  OwnerMap owners_;
  std::vector<int> nodes_;  ///< by worker
  HostCountGroup hosts_;
  SnapshotCell snapshots_;
  HandoffRings between_;
  std::vector<std::unique_ptr<Handoff>> handoffs_;
  std::vector<std::unique_ptr<WorkerLink>> links_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<WorkerThread>> threads_;
  std::vector<std::uint64_t> last_round_;  ///< iterations of each when all had moved
  std::uint64_t rounds_ = 0;
};

}  // namespace spillway
