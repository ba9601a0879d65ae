#include "control/router/router.h"

#include <rte_lcore.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <random>
#include <stdexcept>

#include "control/config/load.h"
#include "control/router/reload.h"
#include "control/snapshot.h"
#include "control/uplink_totals.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 50ms;
// The control core sleeps between looks at the rings: shortly while there is something for it.
constexpr auto kNap = 1ms;
constexpr auto kShortNap = 50us;
constexpr auto kBusyFor = 100ms;
constexpr std::uint64_t kEnoughToJudge = 16;  // first packets

HashSecret random_secret() {
  std::random_device source;
  const auto word = [&] { return std::uint64_t{source()} << 32 | source(); };
  return HashSecret{word(), word()};
}

/// The lcores beside the main one, in order.
std::vector<unsigned> worker_lcores() {
  std::vector<unsigned> found;
  unsigned lcore = 0;
  RTE_LCORE_FOREACH_WORKER(lcore) {
    found.push_back(lcore);
  }
  return found;
}

}  // namespace

std::size_t Router::memory_mib(const config::Config& config) {
  constexpr std::size_t bytes_per_connection = 320;  // table, keys and hash with their rounding
  const std::size_t table = config.limits.connections * bytes_per_connection >> 20;
  return 64 + table + PacketPools::memory_mib(RouterPorts::buffers(config));
}

Router::Router(std::unique_ptr<const config::Config> config, const RouterOptions& options)
    : signals_(loop_, SIGTERM, SIGINT, SIGHUP), next_poll_(loop_), config_(std::move(config)) {
  // First of all: it tells whether another router is running.
  commands_ = std::make_unique<CommandServer>(
      loop_, options.socket, [this](const std::string& line) { return obey(line); });
  ports_ = std::make_unique<RouterPorts>(*config_, netlink_);
  pools_ = std::make_unique<PacketPools>(RouterPorts::buffers(*config_));
  make_workers();
  balancer_ = std::make_unique<Balancer>(*config_, active_);
  ports_->start(*pools_);
  arp_ = std::make_unique<ArpService>(*ports_, links_, *pools_, counters_);
  linux_ =
      std::make_unique<LinuxSide>(loop_, *ports_, netlink_, *links_.front(), *pools_, counters_);
  linux_->set_routes(*config_);
  start_workers();
  arp_->start(clock_.now(), *config_);
  wait_for_signals();
  spdlog::info("forwarding between {} LAN{} and {} uplink{}", config_->lans.size(),
               config_->lans.size() == 1 ? "" : "s", config_->uplinks.size(),
               config_->uplinks.size() == 1 ? "" : "s");
}

Router::~Router() {
  stop_workers();
}

void Router::make_workers() {
  links_.push_back(std::make_unique<WorkerLink>(0));
  snapshots_ =
      std::make_unique<SnapshotCell>(compile_snapshot(*config_, LocalDelivery::control_core), 1);
  PipelineSettings settings;
  settings.table.name = "connections_0";
  settings.table.capacity = config_->limits.connections;
  settings.table.socket = SOCKET_ID_ANY;
  settings.table.secret = random_secret();
  settings.table.now = Millis::of(clock_.now());
  settings.counted_hosts = config_->limits.connections;
  settings.rings = links_.front()->ends();
  settings.fragment_headers = pools_->fragment_headers();
  settings.fragment_bodies = pools_->fragment_bodies();
  workers_.push_back(std::make_unique<Worker>(0, settings, *snapshots_, active_));
  for (const RouterPort& port : ports_->all())
    workers_.back()->add_port(RouterPorts::worker_port(port), RouterPorts::pipeline_port(port));
  workers_.back()->pipeline().set_port(PortIndex::kernel,
                                       {Zone::kernel, kRouterAsSeenByLinux, UINT16_MAX, false});
}

void Router::start_workers() {
  const std::vector<unsigned> lcores = worker_lcores();
  if (lcores.size() < workers_.size())
    throw std::runtime_error(
        "the arguments after `--` leave no lcore for a worker: name two with "
        "-l, or none");
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    threads_.push_back(std::make_unique<WorkerThread>(*workers_[i], clock_));
    threads_.back()->start(lcores[i]);
    spdlog::info("worker {} on CPU {}", i, rte_lcore_to_cpu_id(static_cast<int>(lcores[i])));
  }
}

void Router::stop_workers() {
  for (const auto& thread : threads_) thread->stop();
}

CounterTotals Router::run() {
  poll();
  loop_.run();
  stop_workers();
  // What the workers handed over last.
  arp_->poll(clock_.now());
  while (linux_->poll() > 0) {
  }
  return totals();
}

void Router::wait_for_signals() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal != SIGHUP) {
      spdlog::info("stopping");
      loop_.stop();
      return;
    }
    reload();
    wait_for_signals();
  });
}

void Router::poll() {
  const TimePoint now = clock_.now();
  if (arp_->poll(now) + linux_->poll() > 0) busy_until_ = now + kBusyFor;
  if (now >= next_tick_) tick(now);
  if (now >= next_sample_) sample(now);
  next_poll_.expires_after(now < busy_until_ ? std::chrono::nanoseconds(kShortNap)
                                             : std::chrono::nanoseconds(kNap));
  next_poll_.async_wait([this](const boost::system::error_code& error) {
    if (!error) poll();
  });
}

void Router::tick(TimePoint now) {
  next_tick_ = now + kTick;
  arp_->tick(now);
  snapshots_->reclaim();
  watch_gateways(now);
  watch_checksums();
}

void Router::sample(TimePoint now) {
  // From the planned moment, not from this one, so that the pace holds.
  next_sample_ = std::max(next_sample_ + config_->balance.sample, now);
  UplinkCounts counts(config_->uplinks.size());
  for (const auto& worker : workers_) counts.add(worker->counters(), *config_);
  if (const auto change = balancer_->sample(now, counts.bytes, counts.placed)) report(*change);
}

/// An uplink whose gateway answers no ARP takes no new connections.
void Router::watch_gateways(TimePoint now) {
  for (std::size_t i = 0; i < config_->uplinks.size(); ++i) {
    const config::Uplink& uplink = config_->uplinks[i];
    const UplinkId id = uplink_id(i);
    const auto* entry = arp_->cache().find(uplink_port(*config_, id), uplink.gateway);
    const bool usable = entry == nullptr || !entry->lost;
    if (usable == balancer_->word().usable.contains(id)) continue;
    spdlog::warn("{}: gateway {} {}", uplink.name, to_string(uplink.gateway),
                 usable ? "answers" : "does not answer");
    if (const auto change = balancer_->set_usable(now, id, usable)) report(*change);
  }
}

void Router::report(const SwitchRecord& change) const {
  const auto name = [this](UplinkId id) {
    return id == UplinkId::none ? std::string("none") : config_->uplinks[index_of(id)].name;
  };
  spdlog::info("new connections: {} -> {} because {}", name(change.from), name(change.to),
               change.cause);
}

/// Says once for each port that its senders leave their checksums unfinished.
void Router::watch_checksums() {
  warned_of_checksums_.resize(ports_->all().size());
  for (const RouterPort& port : ports_->all()) {
    const PortCounters& counters = workers_.front()->counters().ports[index_of(port.index)];
    const std::uint64_t first = counters.first_packets.get();
    if (first < kEnoughToJudge || 2 * counters.unfinished_checksums.get() < first) continue;
    if (warned_of_checksums_[index_of(port.index)]) continue;
    warned_of_checksums_[index_of(port.index)] = true;
    spdlog::warn(
        "{}: TCP and UDP arrive with unfinished checksums, their receivers will drop them; on the "
        "sending interface, often the other end of a veth: ethtool -K DEV tx off",
        port.name);
  }
}

CounterTotals Router::totals() const {
  CounterTotals all;
  for (const RouterPort& port : ports_->all()) all.ports.push_back({port.name, 0, 0, 0, 0});
  all.ports.push_back({"linux", 0, 0, 0, 0});
  for (const auto& worker : workers_) all.add(worker->counters());
  for (const auto& link : links_) all.add(link->under_way());
  all.control = counters_;
  return all;
}

Answer Router::obey(const std::string& line) {
  if (line == "reload") return reload();
  if (line == "show counters") return {true, to_text(totals())};
  if (line == "show counters --json") return {true, to_json(totals())};
  if (line == "stop") {
    boost::asio::post(loop_, [] { std::raise(SIGTERM); });
    return {true, "stopping\n"};
  }
  if (line == "help") return {true, "reload\nshow counters [--json]\nstop\n"};
  return {false, "unknown command \"" + line + "\"; `help` lists them\n"};
}

Answer Router::reload() {
  try {
    auto next = std::make_unique<const config::Config>(config::load(config_->file));
    if (const auto why = needs_restart(*config_, *next)) throw config::ConfigError(*why);
    auto snapshot = compile_snapshot(*next, LocalDelivery::control_core);
    auto balancer = std::make_unique<Balancer>(*next, active_, *balancer_);
    // From here on nothing can fail.
    snapshots_->publish(std::move(snapshot));
    balancer_ = std::move(balancer);
    config_ = std::move(next);
  } catch (const std::exception& e) {
    spdlog::error("not reloaded: {}", e.what());
    return {false, std::string("not reloaded: ") + e.what() + "\n"};
  }
  try {
    linux_->set_routes(*config_);
  } catch (const std::exception& e) {
    spdlog::warn("Linux keeps its old routes: {}", e.what());
  }
  spdlog::info("reloaded {}", config_->file);
  return {true, "reloaded " + config_->file + "\n"};
}

}  // namespace spillway
