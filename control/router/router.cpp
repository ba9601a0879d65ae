#include "control/router/router.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <random>
#include <set>

#include "control/config/load.h"
#include "control/random_secret.h"
#include "control/router/reload.h"
#include "control/router/worker_nodes.h"
#include "control/snapshot.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 50ms;
constexpr auto kWorkersEvery = 10ms;
// The control core sleeps between looks at the rings: shortly while there is something for it.
constexpr auto kNap = 1ms;
constexpr auto kShortNap = 50us;
constexpr auto kBusyFor = 100ms;
constexpr std::uint64_t kEnoughToJudge = 16;  // first packets

void write_to_log(const Event& event) {
  constexpr spdlog::level::level_enum levels[] = {spdlog::level::info, spdlog::level::warn,
                                                  spdlog::level::err};
  spdlog::log(levels[static_cast<std::size_t>(event.severity)], "{}: {}", name_of(event.kind),
              event.text);
}

/// One for each uplink; a stranger cannot guess them.
std::vector<L4Port> choose_probe_ids(std::size_t uplinks) {
  std::random_device source;
  std::uniform_int_distribution<std::uint16_t> any(1, 65535);
  std::set<std::uint16_t> chosen;
  while (chosen.size() < uplinks) chosen.insert(any(source));
  std::vector<L4Port> ids;
  for (const std::uint16_t id : chosen) ids.push_back(L4Port::from_host(id));
  return ids;
}

/// Gives the workers their connections, and queues by which to get them.
std::unique_ptr<const OwnerMap> share_out(RouterPorts& ports, unsigned workers) {
  const RssHash hash(ports.hash_settings(random_secret().a));
  auto owners = std::make_unique<const OwnerMap>(hash, workers);
  ports.share_queues(*owners);
  return owners;
}

std::string counted(std::size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

std::size_t Router::memory_mib(const config::Config& config, unsigned most_workers) {
  return kSharedMib + (WorkerGroup::table_bytes(config.limits.connections, most_workers) >> 20) +
         PacketPools::memory_mib(RouterPorts::buffers(config, most_workers));
}

Router::Router(std::unique_ptr<const config::Config> config, const RouterOptions& options)
    : signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      next_poll_(loop_),
      config_(std::move(config)),
      access_(config_->control),
      server_(loop_, {.path = options.socket, .group = access_.may_look()},
              [this](const std::string& line, const Peer& peer) {
                return commands_.obey(line, access_.rights_of(peer));
              }),
      events_(wall_clock_ms),
      hooks_(loop_,
             [this](const std::string& command, const std::string& what) {
               events_.add(clock_.now(), {.kind = EventKind::hook,
                                          .severity = Severity::warning,
                                          .subject = command,
                                          .text = "`" + command + "`: " + what});
             }),
      probe_ids_(choose_probe_ids(config_->uplinks.size())),
      nodes_(worker_nodes(options.machine, options.cpus.workers.size())),
      pools_(std::make_unique<PacketPools>(
          RouterPorts::buffers(*config_, static_cast<unsigned>(nodes_.size())), nodes_)),
      ports_(*config_, netlink_),
      owners_(share_out(ports_, choose_workers(config_->workers, options.cpus, ports_.sortable()))),
      workers_(std::make_unique<WorkerGroup>(*config_, ports_, *pools_, clock_, probe_ids_,
                                             *owners_, nodes_)),
      metrics_(
          loop_, shelf_, [this] { return clock_.now(); },
          [this](const std::string& listen, const std::string& error) {
            tell_of_metrics(listen, error);
          }),
      warned_of_checksums_(ports_.all().size()) {
  events_.listen(write_to_log);
  events_.listen([this](const Event& event) { hooks_.hear(event); });
  events_.listen([this](const Event& event) { tally_.hear(event); });
  hooks_.configure(config_->hooks);
  ports_.start(*pools_, clock_);
  arp_ = std::make_unique<ArpService>(ports_, workers_->links(), *pools_, counters_, events_);
  linux_ = std::make_unique<LinuxSide>(loop_, ports_, netlink_, *workers_, *pools_, counters_);
  linux_->set_routes(*config_);
  prober_ = std::make_unique<Prober>(*config_, ports_, arp_->cache(), probe_ids_,
                                     *workers_->links().front(), *pools_, counters_);
  steering_ = std::make_unique<Steering>(*config_, ports_, *workers_, *prober_, events_);
  arp_->listen([this](TimePoint now, PortIndex port, const ArpPacket& packet) {
    prober_->heard_arp(now, port, packet);
  });
  linux_->divert([this](PortIndex port, std::span<const std::uint8_t> frame) {
    return prober_->take_reply(clock_.now(), port, frame);
  });
  surveys_ = std::make_unique<SurveyDesk>(workers_->links());
  views_ = std::make_unique<Views>(
      Views::Parts{[this]() -> const config::Config& { return *config_; }, clock_, ports_,
                   *workers_, counters_, *arp_, *steering_});
  add_commands();
  workers_->start();
  arp_->start(clock_.now(), *config_);
  wait_for_signals();
  metrics_.configure(config_->metrics);
  events_.add(clock_.now(), {.text = "forwarding between " + counted(config_->lans.size(), "LAN") +
                                     " and " + counted(config_->uplinks.size(), "uplink"),
                             .facts = {{"state", "begins"}}});
}

Router::~Router() {
  workers_->stop();
}

CounterTotals Router::run() {
  poll();
  loop_.run();
  workers_->stop();
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
      events_.add(clock_.now(), {.text = "stopping", .facts = {{"state", "ends"}}});
      loop_.stop();
      return;
    }
    reload();
    wait_for_signals();
  });
}

void Router::poll() {
  const TimePoint now = clock_.now();
  prober_->advance(now, workers_->rounds());
  if (arp_->poll(now) + linux_->poll() > 0) busy_until_ = now + kBusyFor;
  steering_->poll(now);
  if (now >= next_look_at_workers_) watch_workers(now);
  if (now >= next_tick_) tick(now);
  if (now >= next_snapshot_) publish_snapshot(now);
  next_poll_.expires_after(now < busy_until_ ? std::chrono::nanoseconds(kShortNap)
                                             : std::chrono::nanoseconds(kNap));
  next_poll_.async_wait([this](const boost::system::error_code& error) {
    if (!error) poll();
  });
}

void Router::tick(TimePoint now) {
  next_tick_ = now + kTick;
  arp_->tick(now);
  workers_->reclaim();
  watch_checksums(now);
}

/// R46: the control core goes on without them, and says so.
void Router::watch_workers(TimePoint now) {
  next_look_at_workers_ = now + kWorkersEvery;
  const std::vector<std::uint64_t> iterations = workers_->iterations();
  for (const StallWatch::Notice& notice : stalls_.observe(now, iterations)) {
    const std::string name = "worker " + std::to_string(notice.worker);
    const auto stood = std::chrono::duration_cast<std::chrono::milliseconds>(notice.stood);
    const std::string ms = std::to_string(stood.count());
    events_.add(now,
                {.kind = EventKind::stall,
                 .severity = Severity::warning,
                 .subject = name,
                 .text = fmt::format("{} {} {} ms", name,
                                     notice.stalled ? "has stood still for" : "goes on after", ms),
                 .facts = {{"state", notice.stalled ? "begins" : "ends"}, {"ms", ms}}});
  }
}

/// Says once for each port that its senders leave their checksums unfinished.
void Router::watch_checksums(TimePoint now) {
  for (const RouterPort& port : ports_.all()) {
    const WorkerGroup::Checksums sum = workers_->checksums(port.index);
    if (sum.first < kEnoughToJudge || 2 * sum.unfinished < sum.first) continue;
    if (warned_of_checksums_[index_of(port.index)]) continue;
    warned_of_checksums_[index_of(port.index)] = true;
    events_.add(
        now,
        {.kind = EventKind::trouble,
         .severity = Severity::warning,
         .subject = port.name,
         .text = port.name + ": TCP and UDP arrive with unfinished checksums, their receivers will "
                             "drop them; on the sending interface, often the other end of a veth: "
                             "ethtool -K DEV tx off"});
  }
}

CounterTotals Router::totals() const {
  CounterTotals all;
  for (const RouterPort& port : ports_.all()) all.ports.push_back({port.name, 0, 0, 0, 0});
  all.ports.push_back({"linux", 0, 0, 0, 0});
  workers_->add_to(all);
  all.control = counters_;
  return all;
}

Answer Router::reload() {
  try {
    auto next = std::make_unique<const config::Config>(config::load(config_->file));
    if (const auto why = needs_restart(*config_, *next)) throw config::ConfigError(*why);
    adopt(std::move(next));
  } catch (const std::exception& e) {
    ++tally_.reloads_failed;
    events_.add(clock_.now(), {.kind = EventKind::config,
                               .severity = Severity::error,
                               .text = std::string("not reloaded: ") + e.what()});
    return {false, std::string("not reloaded: ") + e.what() + "\n"};
  }
  try {
    linux_->set_routes(*config_);
  } catch (const std::exception& e) {
    events_.add(clock_.now(), {.kind = EventKind::trouble,
                               .severity = Severity::warning,
                               .text = std::string("Linux keeps its old routes: ") + e.what()});
  }
  ++tally_.reloads;
  events_.add(clock_.now(), {.kind = EventKind::config, .text = "reloaded " + config_->file});
  return {true, "reloaded " + config_->file + "\n"};
}

std::unique_ptr<const ConfigSnapshot> Router::snapshot_of(const config::Config& config) const {
  auto snapshot = compile_snapshot(config, LocalDelivery::control_core, probe_ids_, capture_);
  snapshot->forwarding = forwarding_;
  return snapshot;
}

/// All of it, or nothing when it throws.
void Router::adopt(std::unique_ptr<const config::Config> next) {
  auto snapshot = snapshot_of(*next);
  steering_->adopt(*next);
  workers_->publish(std::move(snapshot));
  hooks_.configure(next->hooks);
  metrics_.configure(next->metrics);
  config_ = std::move(next);
}

/// What workers copy for a person from their next iteration on; null: nothing.
void Router::publish(std::shared_ptr<const CaptureOrder> capture) {
  capture_ = std::move(capture);
  workers_->publish(snapshot_of(*config_));
}

}  // namespace spillway
