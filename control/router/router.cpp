#include "control/router/router.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <stdexcept>

#include "control/config/load.h"
#include "control/router/reload.h"
#include "control/snapshot.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 50ms;
// The control core sleeps between looks at the rings: shortly while there is something for it.
constexpr auto kNap = 1ms;
constexpr auto kShortNap = 50us;
constexpr auto kBusyFor = 100ms;
constexpr std::uint64_t kEnoughToJudge = 16;  // first packets

}  // namespace

std::size_t Router::memory_mib(const config::Config& config) {
  constexpr std::size_t eal = 64;
  return eal + (WorkerGroup::table_bytes(config.limits.connections) >> 20) +
         PacketPools::memory_mib(RouterPorts::buffers(config));
}

Router::Router(std::unique_ptr<const config::Config> config, const RouterOptions& options)
    : signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      next_poll_(loop_),
      config_(std::move(config)),
      commands_(loop_, options.socket, [this](const std::string& line) { return obey(line); }),
      pools_(std::make_unique<PacketPools>(RouterPorts::buffers(*config_))),
      ports_(*config_, netlink_),
      workers_(std::make_unique<WorkerGroup>(*config_, ports_, *pools_, clock_)),
      balancer_(std::make_unique<Balancer>(*config_, workers_->active())),
      warned_of_checksums_(ports_.all().size()) {
  ports_.start(*pools_);
  arp_ = std::make_unique<ArpService>(ports_, workers_->links(), *pools_, counters_);
  linux_ = std::make_unique<LinuxSide>(loop_, ports_, netlink_, *workers_->links().front(), *pools_,
                                       counters_);
  linux_->set_routes(*config_);
  workers_->start();
  arp_->start(clock_.now(), *config_);
  wait_for_signals();
  spdlog::info("forwarding between {} LAN{} and {} uplink{}", config_->lans.size(),
               config_->lans.size() == 1 ? "" : "s", config_->uplinks.size(),
               config_->uplinks.size() == 1 ? "" : "s");
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
  workers_->reclaim();
  watch_gateways(now);
  watch_checksums();
}

void Router::sample(TimePoint now) {
  // From the planned moment, not from this one, so that the pace holds.
  next_sample_ = std::max(next_sample_ + config_->balance.sample, now);
  const UplinkCounts counts = workers_->uplink_counts(*config_);
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
  for (const RouterPort& port : ports_.all()) {
    const WorkerGroup::Checksums sum = workers_->checksums(port.index);
    if (sum.first < kEnoughToJudge || 2 * sum.unfinished < sum.first) continue;
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
  for (const RouterPort& port : ports_.all()) all.ports.push_back({port.name, 0, 0, 0, 0});
  all.ports.push_back({"linux", 0, 0, 0, 0});
  workers_->add_to(all);
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
    adopt(std::move(next));
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

/// All of it, or nothing when it throws.
void Router::adopt(std::unique_ptr<const config::Config> next) {
  auto snapshot = compile_snapshot(*next, LocalDelivery::control_core);
  auto balancer = std::make_unique<Balancer>(*next, workers_->active(), *balancer_);
  workers_->publish(std::move(snapshot));
  balancer_ = std::move(balancer);
  config_ = std::move(next);
}

}  // namespace spillway
