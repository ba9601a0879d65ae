#include "control/router/worker_group.h"

#include <rte_lcore.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "control/random_secret.h"
#include "control/router/worker_nodes.h"
#include "control/snapshot.h"
#include "dataplane/path/frame.h"

namespace spillway {
namespace {

/// Where the lcore's thread may run: its number says nothing about that.
std::string cpus_of(unsigned lcore) {
  const rte_cpuset_t cpus = rte_lcore_cpuset(lcore);
  std::string text;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &cpus)) text += (text.empty() ? "CPU " : ", ") + std::to_string(cpu);
  return text;
}

constexpr std::size_t kStickyHosts = 65536;

}  // namespace

WorkerGroup::WorkerGroup(const config::Config& config, const RouterPorts& ports,
                         const PacketPools& pools, const TscClock& clock,
                         std::span<const L4Port> probe_ids, const OwnerMap& owners,
                         const std::vector<int>& nodes)
    : clock_(clock),
      affinity_(kStickyHosts),
      owners_(owners),
      nodes_(nodes),
      hosts_(share_of(config.limits.connections, owners.workers()), owners.workers()),
      snapshots_(compile_snapshot(config, LocalDelivery::control_core, probe_ids),
                 owners.workers()),
      between_(owners.workers(), nodes_) {
  for (unsigned i = 0; i < owners.workers(); ++i) add_worker(config, ports, pools);
}

void WorkerGroup::add_worker(const config::Config& config, const RouterPorts& ports,
                             const PacketPools& pools) {
  const auto id = static_cast<unsigned>(workers_.size());
  const PreferredNode preferred(nodes_[id]);
  links_.push_back(std::make_unique<WorkerLink>(id, nodes_[id]));
  if (owners_.workers() > 1) handoffs_.push_back(std::make_unique<Handoff>(between_.ends(id)));
  PipelineSettings settings = settings_of(id, config, pools);
  workers_.push_back(made_on(nodes_[id], settings.table.name, [&](int node) {
    settings.table.socket = node;
    return std::make_unique<Worker>(id, settings, snapshots_, active_);
  }));
  Worker& worker = *workers_.back();
  for (const RouterPort& port : ports.all())
    worker.add_port(ports.worker_port(port, id), ports.pipeline_port(port));
  worker.pipeline().set_port(PortIndex::kernel, {Zone::kernel, kRouterAsSeenByLinux, UINT16_MAX});
  threads_.push_back(std::make_unique<WorkerThread>(worker, clock_, config.workers.idle));
}

PipelineSettings WorkerGroup::settings_of(unsigned worker, const config::Config& config,
                                          const PacketPools& pools) {
  PipelineSettings settings;
  settings.table.name = "connections_" + std::to_string(worker);
  settings.table.capacity = share_of(config.limits.connections, owners_.workers());
  settings.table.secret = random_secret();
  settings.table.now = Millis::of(clock_.now());
  // Counted even without a limit, which may be set later.
  settings.hosts = &hosts_;
  settings.rings = links_[worker]->ends();
  settings.fragment_headers = pools.fragment_headers(worker);
  settings.fragment_bodies = pools.fragment_bodies(worker);
  settings.packets = pools.packets(worker);
  settings.affinity = &affinity_;
  if (owners_.workers() > 1) {
    settings.owners = &owners_;
    settings.handoff = handoffs_[worker].get();
    settings.self = worker;
  }
  return settings;
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
    spdlog::info("worker {} on {}", i, cpus_of(lcores[i]));
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

std::string WorkerGroup::cpus(std::size_t i) const {
  return cpus_of(threads_[i]->lcore());
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
  totals.under_way.handed_over += between_.under_way();
}

WorkerLink& WorkerGroup::keeper(std::span<const std::uint8_t> frame) const noexcept {
  if (owners_.workers() == 1) return *links_.front();
  const auto* ip = frame.data() + kEtherHeader;
  const ParsedPacket parsed = parse_ipv4(ip, frame.size() - kEtherHeader);
  // Errors and fragments find their way from any worker.
  const unsigned owner = parsed.kind == PacketKind::flow
                             ? owners_.owner(snapshots_.load(), key_of(parsed, Zone::kernel))
                             : 0;
  return *links_[owner];
}

PlacementBudget WorkerGroup::budget_for(const FlowKey& key, const ActiveWord& word) const {
  const unsigned owner = owners_.workers() == 1 ? 0 : owners_.owner(snapshots_.load(), key);
  PlacementBudget budget = workers_[owner]->pipeline().budget();
  budget.refresh(active_, word);
  return budget;
}

PlacementContext WorkerGroup::context_of(const PlacementBudget& budget, const ActiveWord& word,
                                         TimePoint now) const {
  return {snapshots_.load(), word, budget, &affinity_, Millis::of(now)};
}

std::vector<std::uint64_t> WorkerGroup::iterations() const {
  std::vector<std::uint64_t> all;
  for (const auto& thread : threads_) all.push_back(thread->iterations());
  return all;
}

std::uint64_t WorkerGroup::rounds() {
  const std::vector<std::uint64_t> now = iterations();
  last_round_.resize(now.size());
  const bool all = std::equal(now.begin(), now.end(), last_round_.begin(), std::greater<>());
  if (!all) return rounds_;
  last_round_ = now;
  return ++rounds_;
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

std::uint32_t WorkerGroup::share_of(std::uint32_t all, unsigned workers) noexcept {
  if (workers == 1) return all;
  const std::uint32_t share = all / workers;
  return share + share / 8 + 64;
}

std::size_t WorkerGroup::table_bytes(std::uint32_t connections, unsigned workers) noexcept {
  constexpr std::size_t each = 320;  // records, keys and hash, with their rounding
  return workers * each * share_of(connections, workers);
}

}  // namespace spillway
