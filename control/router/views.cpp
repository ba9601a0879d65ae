#include "control/router/views.h"

#include <rte_cycles.h>
#include <rte_version.h>
#include <unistd.h>

#include "control/config/words.h"

namespace spillway {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

const char* word_for(NeighbourCache::State state) {
  switch (state) {
    case NeighbourCache::State::reachable:
      return "reachable";
    case NeighbourCache::State::probing:
      return "probing";
    case NeighbourCache::State::incomplete:
      break;
  }
  return "incomplete";
}

std::vector<std::string> names_of(const config::Config& config, UplinkSet set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < config.uplinks.size(); ++i)
    if (set.contains(uplink_id(i))) names.push_back(config.uplinks[i].name);
  return names;
}

/// What the workers count by port, over all of them.
DropCounts dropped_at(const WorkerGroup& workers, PortIndex port) {
  DropCounts sum{};
  for (std::size_t w = 0; w < workers.size(); ++w)
    for (std::size_t i = 0; i < kDropReasons; ++i)
      sum[i] += workers.counters(w).port_drops[index_of(port)][i].get();
  return sum;
}

WorkerCounts counts_of(const WorkerGroup& workers, std::size_t w) {
  const WorkerCounters& counters = workers.counters(w);
  const WorkerLoad& load = workers.load(w);
  WorkerCounts counts;
  counts.iterations = workers.iterations()[w];
  counts.busy_iterations = load.iterations.get();
  counts.busy_ns = load.nanoseconds.get();
  counts.packets = load.packets.get();
  counts.given = counters.given.get();
  counts.taken = counters.taken.get();
  counts.stages.packets = counters.staged_packets.get();
  for (std::size_t s = 0; s < kStages; ++s)
    counts.stages.clocks[s] = counters.stage_clocks[s].get();
  return counts;
}

}  // namespace

ActiveView Views::active(bool forwarding) const {
  const config::Config& config = parts_.config();
  const Balancer& balancer = parts_.steering.balancer();
  const ActiveWord& word = balancer.word();
  ActiveView view;
  view.forwarding = forwarding;
  view.mode = config::word_for(config::kModes, config.balance.mode);
  if (word.active != UplinkId::none) view.active = config.uplinks[index_of(word.active)].name;
  if (const auto& last = parts_.steering.last_switch()) {
    view.since = now() - last->time;
    view.cause = last->cause;
  }
  view.usable = names_of(config, word.usable);
  view.overloaded = names_of(config, word.overloaded);
  return view;
}

std::vector<MangleRule> Views::mangle() const {
  ByMark<MarkCounts> counts{};
  const ConnectionFigures figures = parts_.workers.connections();
  for (std::size_t mark = 0; mark < kMarks; ++mark)
    for (std::size_t column = 0; column <= kMaxUplinks; ++column)
      counts[mark][column] = {figures.opened[mark][column], figures.living_of(mark, column)};
  return mangle_rules(parts_.config(), parts_.steering.balancer().word().active, counts);
}

std::vector<RouteView> Views::routes() const {
  RouteFacts facts;
  facts.usable = parts_.steering.balancer().word().usable;
  for (const UplinkView& uplink : uplinks()) facts.health.push_back(uplink.health);
  for (std::size_t i = 0; i < parts_.config().lans.size(); ++i)
    facts.link.push_back(link_of(port(i)));
  facts.answers = [this](std::size_t lan, Ipv4Addr router) {
    const auto* entry = parts_.arp.cache().find(lan_port(lan), router);
    return entry != nullptr && entry->state != NeighbourCache::State::incomplete;
  };
  return routes_of(parts_.config(), facts);
}

std::vector<NeighbourView> Views::neighbours() const {
  std::vector<NeighbourView> all;
  for (const NeighbourCache::Entry& entry : parts_.arp.cache().entries()) {
    const bool known = entry.state != NeighbourCache::State::incomplete;
    all.push_back({parts_.ports[entry.port].name, to_string(entry.address),
                   known ? to_string(entry.mac) : "", word_for(entry.state), entry.kept,
                   std::chrono::duration<double>(now() - entry.confirmed).count()});
  }
  return all;
}

WorkersView Views::workers() const {
  WorkersView view;
  view.clocks_per_ns = static_cast<double>(rte_get_tsc_hz()) / 1e9;
  const config::Idle idle = parts_.config().workers.idle;
  for (std::size_t w = 0; w < parts_.workers.size(); ++w)
    view.workers.push_back({static_cast<unsigned>(w), parts_.workers.cpus(w),
                            std::string(config::word_for(config::kIdles, idle)),
                            parts_.workers.counters(w).connections.get(),
                            parts_.workers.share_of(parts_.config().limits.connections,
                                                    static_cast<unsigned>(parts_.workers.size())),
                            counts_of(parts_.workers, w)});
  return view;
}

DropsView Views::drops() const {
  DropsView view;
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    view.all[i] = parts_.counters.dropped_in[i] + parts_.counters.dropped_out[i];
    for (std::size_t w = 0; w < parts_.workers.size(); ++w)
      view.all[i] += parts_.workers.counters(w).drops[i].get();
  }
  for (const RouterPort& port : parts_.ports.all())
    view.ports.push_back({port.name, dropped_at(parts_.workers, port.index)});
  view.ports.push_back({"linux", dropped_at(parts_.workers, PortIndex::kernel)});
  return view;
}

VersionView Views::version() const {
  return {SPILLWAY_VERSION,         rte_version(), kCompiler,
          now().time_since_epoch(), getpid(),      parts_.config().file};
}

}  // namespace spillway
