#include "control/metrics/families.h"

#include <rte_version.h>

namespace spillway::metrics {
namespace {

constexpr std::array<std::string_view, kSeverities> kSeverityNames = {"info", "warning", "error"};

}  // namespace

void add_router(FamilySet& set, const RouterSnapshot& s, TimePoint now) {
  set.gauge("build_info", "Always 1; its labels say what this router was built from.")
      .add(1.0,
           {{"version", SPILLWAY_VERSION}, {"dpdk", rte_version()}, {"compiler", __VERSION__}});
  set.gauge("uptime_seconds", "Time since the start, by the router's clock.")
      .add(now.time_since_epoch());
  set.gauge("snapshot_age_seconds",
            "Age of the figures: grows while the control core stands still.")
      .add(now - s.time);
  Family events = set.counter("events", "What has happened, by kind and severity.");
  for (std::size_t kind = 0; kind < kEventKinds; ++kind)
    for (std::size_t severity = 0; severity < kSeverities; ++severity)
      events.add(s.tally.events[kind][severity],
                 {{"kind", std::string(name_of(static_cast<EventKind>(kind)))},
                  {"severity", std::string(kSeverityNames[severity])}});
  set.counter("hook_failures", "Commands upon events that failed, hung or had no room to wait.")
      .add(s.tally.of(EventKind::hook));
  set.counter("reloads", "Readings of the configuration while running, by their result.")
      .add(s.tally.reloads, {{"result", "done"}})
      .add(s.tally.reloads_failed, {{"result", "refused"}});
}

void add_workers(FamilySet& set, const RouterSnapshot& s) {
  const auto each = [&](Family family, auto&& value) {
    for (std::size_t i = 0; i < s.workers.size(); ++i)
      family.add(value(s.workers[i]), {{"worker", std::to_string(i)}});
  };
  each(set.counter("worker_iterations", "How often a worker has gone round."),
       [](const WorkerFigures& w) { return w.iterations; });
  each(set.counter("worker_busy_seconds",
                   "Time in iterations that found something to do; its rate is the busy share."),
       [](const WorkerFigures& w) { return w.busy; });
  each(set.gauge("worker_stalled", "1 while a worker stands still."),
       [](const WorkerFigures& w) { return w.stalled; });
  each(set.counter("worker_received_packets", "Packets that a worker took from ports and Linux."),
       [](const WorkerFigures& w) { return w.received; });
  each(set.counter("worker_given_packets", "Packets handed to the worker that keeps them."),
       [](const WorkerFigures& w) { return w.given; });
  each(set.counter("worker_taken_packets", "Packets taken from other workers."),
       [](const WorkerFigures& w) { return w.taken; });
  each(set.gauge("connection_table_used", "Connections in a worker's table."),
       [](const WorkerFigures& w) { return w.connections; });
  each(set.gauge("connection_table_capacity", "Connections that a worker's table has room for."),
       [](const WorkerFigures& w) { return w.capacity; });
  set.gauge("packet_buffers", "Packet buffers that there are.").add(s.buffers);
  set.gauge("packet_buffers_used", "Packet buffers in ports, rings and hands.")
      .add(s.buffers_in_use);
}

std::vector<prometheus::MetricFamily> families_of(const RouterSnapshot& snapshot, TimePoint now) {
  FamilySet set;
  add_router(set, snapshot, now);
  add_traffic(set, snapshot);
  add_connections(set, snapshot);
  add_uplinks(set, snapshot);
  add_steering(set, snapshot);
  add_workers(set, snapshot);
  return set.take();
}

}  // namespace spillway::metrics
