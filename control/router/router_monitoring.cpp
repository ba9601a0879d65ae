// What the router shows to those who watch it: telemetry and Prometheus.

#include <spdlog/spdlog.h>

#include "control/config/words.h"
#include "control/router/router.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr auto kSnapshotEvery = 200ms;
constexpr auto kSoon = 5ms;

}  // namespace

std::vector<WorkerFigures> WorkerGroup::figures() const {
  std::vector<WorkerFigures> all;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const WorkerCounters& counters = workers_[i]->counters();
    WorkerFigures& figures = all.emplace_back();
    figures.iterations = threads_[i]->iterations();
    figures.busy = threads_[i]->busy();
    for (const PortCounters& port : counters.ports) figures.received += port.rx_packets.get();
    figures.given = counters.given.get();
    figures.taken = counters.taken.get();
    figures.connections = counters.connections.get();
    figures.capacity = workers_[i]->pipeline().connections().capacity();
  }
  return all;
}

ConnectionFigures WorkerGroup::connections() const {
  ConnectionFigures all;
  for (const auto& worker : workers_) all.add(worker->counters());
  return all;
}

RouterSnapshot Router::snapshot(TimePoint now) {
  RouterSnapshot s;
  s.time = now;
  s.mode = config::word_for(config::kModes, config_->balance.mode);
  s.counters = totals();
  for (const RouterPort& port : ports_.all())
    s.links.push_back({port.name, steering_->link_up(port.index)});
  s.uplinks = steering_->view(now);
  for (const config::Uplink& uplink : config_->uplinks)
    s.capacities.push_back({uplink.capacity_rx, uplink.capacity_tx});
  for (const config::Monitor& monitor : config_->monitors) s.monitors.push_back(monitor.name);
  s.workers = workers_->figures();
  for (std::size_t i = 0; i < s.workers.size(); ++i) s.workers[i].stalled = stalls_.stalled(i);
  s.connections = workers_->connections();
  s.buffers = pools_->size();
  s.buffers_in_use = pools_->in_use();
  s.tally = tally_;
  if (!last_events_ || last_events_->empty() || last_events_->back().number != events_.count())
    last_events_ = std::make_shared<const std::vector<Event>>(events_.last(s.kEvents));
  s.events = last_events_;
  return s;
}

void Router::publish_snapshot(TimePoint now) {
  const bool done = shelf_.publish(std::make_shared<const RouterSnapshot>(snapshot(now)));
  next_snapshot_ = now + (done ? kSnapshotEvery : kSoon);
}

/// A router without metrics still forwards.
void Router::tell_of_metrics(const std::string& listen, const std::string& error) {
  if (error.empty()) {
    spdlog::info("metrics at http://{}/metrics", listen);
    return;
  }
  events_.add(clock_.now(),
              {.kind = EventKind::trouble,
               .severity = Severity::error,
               .subject = "metrics",
               .text = "no metrics at " + listen + ": " + error + "; a reload tries again"});
}

}  // namespace spillway
