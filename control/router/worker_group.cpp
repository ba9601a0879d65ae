#include "control/router/worker_group.h"

#include <rte_lcore.h>
#include <spdlog/spdlog.h>

#include <stdexcept>

#include "control/random_secret.h"
#include "control/router/linux_side.h"
#include "control/snapshot.h"

namespace spillway {
namespace {

/// The lcores beside the main one, in order.
std::vector<unsigned> worker_lcores() {
  std::vector<unsigned> found;
  unsigned lcore = 0;
  RTE_LCORE_FOREACH_WORKER(lcore) {
    found.push_back(lcore);
  }
  return found;
}

constexpr std::size_t kStickyHosts = 65536;

PipelineSettings settings_of(const config::Config& config, const WorkerLink& link,
                             const PacketPools& pools, AffinityTable& affinity, TimePoint now) {
  PipelineSettings settings;
  settings.table.name = "connections_0";
  settings.table.capacity = config.limits.connections;
  settings.table.socket = SOCKET_ID_ANY;
  settings.table.secret = random_secret();
  settings.table.now = Millis::of(now);
  // Counted even without a limit, which may be set later.
  settings.counted_hosts = config.limits.connections;
  settings.rings = link.ends();
  settings.fragment_headers = pools.fragment_headers();
  settings.fragment_bodies = pools.fragment_bodies();
  settings.packets = pools.packets();
  settings.affinity = &affinity;
  return settings;
}

}  // namespace

WorkerGroup::WorkerGroup(const config::Config& config, const RouterPorts& ports,
                         const PacketPools& pools, const TscClock& clock,
                         std::span<const L4Port> probe_ids)
    : clock_(clock),
      affinity_(kStickyHosts),
      snapshots_(compile_snapshot(config, LocalDelivery::control_core, probe_ids), 1) {
  links_.push_back(std::make_unique<WorkerLink>(0));
  workers_.push_back(std::make_unique<Worker>(
      0, settings_of(config, *links_.back(), pools, affinity_, clock.now()), snapshots_, active_));
  Worker& worker = *workers_.back();
  for (const RouterPort& port : ports.all())
    worker.add_port(RouterPorts::worker_port(port), RouterPorts::pipeline_port(port));
  worker.pipeline().set_port(PortIndex::kernel, {Zone::kernel, kRouterAsSeenByLinux, UINT16_MAX});
  threads_.push_back(std::make_unique<WorkerThread>(worker, clock));
}

WorkerGroup::~WorkerGroup() {
  stop();
}

void WorkerGroup::start() {
  const std::vector<unsigned> lcores = worker_lcores();
  if (lcores.size() < threads_.size())
    throw std::runtime_error(
        "the arguments after `--` leave no lcore for a worker: name two with -l, or none");
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    threads_[i]->start(lcores[i]);
    spdlog::info("worker {} on CPU {}", i, rte_lcore_to_cpu_id(static_cast<int>(lcores[i])));
  }
}

void WorkerGroup::stop() noexcept {
  for (const auto& thread : threads_) thread->stop();
  // What one worker still has for another moves on until nothing does.
  std::uint32_t moved = 1;
  while (moved > 0) {
    moved = 0;
    for (const auto& worker : workers_) moved += worker->finish(clock_.now());
  }
}

void WorkerGroup::publish(std::unique_ptr<const ConfigSnapshot> snapshot) {
  snapshots_.publish(std::move(snapshot));
}

UplinkCounts WorkerGroup::uplink_counts(const config::Config& config) const {
  UplinkCounts counts(config.uplinks.size());
  for (const auto& worker : workers_) counts.add(worker->counters(), config);
  return counts;
}

void WorkerGroup::add_to(CounterTotals& totals) const {
  for (const auto& worker : workers_) totals.add(worker->counters());
  for (const auto& link : links_) totals.add(link->under_way());
}

std::vector<std::uint64_t> WorkerGroup::iterations() const {
  std::vector<std::uint64_t> all;
  for (const auto& thread : threads_) all.push_back(thread->iterations());
  return all;
}

unsigned WorkerGroup::order(const ConnectionOrder& order) noexcept {
  unsigned taken = 0;
  for (const auto& link : links_) taken += link->order(order);
  return taken;
}

std::uint64_t WorkerGroup::orders_done() const noexcept {
  std::uint64_t n = 0;
  for (const auto& worker : workers_) n += worker->counters().orders.get();
  return n;
}

std::uint64_t WorkerGroup::evicted() const noexcept {
  std::uint64_t n = 0;
  for (const auto& worker : workers_) n += worker->counters().evicted.get();
  return n;
}

WorkerGroup::Checksums WorkerGroup::checksums(PortIndex port) const noexcept {
  Checksums sum;
  for (const auto& worker : workers_) {
    const PortCounters& counters = worker->counters().ports[index_of(port)];
    sum.first += counters.first_packets.get();
    sum.unfinished += counters.unfinished_checksums.get();
  }
  return sum;
}

std::size_t WorkerGroup::table_bytes(std::uint32_t connections) noexcept {
  constexpr std::size_t each = 320;  // records, keys and hash, with their rounding
  return connections * each;
}

}  // namespace spillway
