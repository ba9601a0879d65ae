#include "tests/simulation/bed.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "control/balance/balancer.h"
#include "control/balance/plan.h"
#include "dataplane/wan/placement_budget.h"
#include "dataplane/wan/selection.h"
#include "tests/simulation/fluid_link.h"
#include "tests/simulation/gauge.h"

namespace spillway::simulation {
namespace {

constexpr double kStep = 0.01;  // seconds

TimePoint at(double seconds) {
  return TimePoint(
      std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(seconds * 1e9))));
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

class Bed {
 public:
  Bed(const Site& site, Workload& workload, const Conditions& settings)
      : site_(site),
        settings_(settings),
        config_(configuration(site)),
        plan_(make_balance_plan(config_)),
        balancer_(config_, cell_),
        workload_(workload),
        links_(site.capacities.begin(), site.capacities.end()),
        placed_(links_.size()),
        gauge_(site.capacities, scaled(site.capacities, settings.limit)),
        waiting_(workload.next()),
        sample_every_(std::chrono::duration<double>(config_.balance.sample).count()) {
    for (std::uint32_t i = 0; i < settings.workers; ++i) budgets_.emplace_back(i, settings.workers);
    meters_.resize(links_.size(), RateMeter(config_.balance.sample, config_.balance.window));
  }

  Outcome run() {
    // Counted in steps, so that no time is lost to rounding.
    const auto steps = static_cast<std::uint64_t>(std::llround(settings_.seconds / kStep));
    for (std::uint64_t i = 0; i < steps; ++i) step(static_cast<double>(i) * kStep);
    gauge_.finish(settings_.seconds, delivered());
    return std::move(gauge_.outcome());
  }

 private:
  void step(double now) {
    if (now >= settings_.warm_up && !gauge_.begun()) gauge_.begin(now, delivered());
    if (now >= next_sample_) sample(now);
    if (!settings_.faults.empty()) strike(now);
    for (; waiting_.time < now + kStep; waiting_ = workload_.next()) place(waiting_);
    for (FluidLink& link : links_) link.step(now, kStep, gauge_.durations());
  }

  std::vector<double> delivered() const {
    std::vector<double> bytes;
    for (const FluidLink& link : links_) bytes.push_back(link.delivered());
    return bytes;
  }

  void strike(double now) {
    UplinkSet usable = UplinkSet::first(links_.size());
    std::vector<double> left(links_.size(), 1);
    for (const Fault& fault : settings_.faults) {
      if (now >= fault.from && now < fault.to) left[fault.uplink] = fault.left;
      const double known = now - settings_.detection;
      if (fault.left == 0 && known >= fault.from && known < fault.to)
        usable.erase(uplink_id(fault.uplink));
    }
    for (std::size_t i = 0; i < links_.size(); ++i) {
      links_[i].set_capacity(site_.capacities[i] * left[i]);
      if (left[i] == 0) gauge_.outcome().uplinks[i].lost += links_[i].clear();
    }
    keep(now, balancer_.set_usable(at(now), usable, "an outage"));
  }

  void place(const Arrival& connection) {
    FlowKey key;
    key.src_port = L4Port::from_host(static_cast<std::uint16_t>(++number_));
    key.dst = Ipv4Addr{static_cast<std::uint32_t>(number_ * 2654435761u)};
    PlacementBudget& budget = budgets_[(key.dst.be >> 16) % budgets_.size()];
    const ActiveWord word = cell_.load();
    budget.refresh(cell_, word);
    const UplinkId id =
        select_uplink(plan_, word, UplinkSet::first(plan_.uplinks), key, budget).uplink;
    if (id == UplinkId::none) {
      ++gauge_.outcome().refused;
      return;
    }
    budget.take(id);
    ++placed_[index_of(id)];
    ++gauge_.outcome().uplinks[index_of(id)].placed;
    links_[index_of(id)].add(connection);
  }

  bool stalled(double now) const {
    return std::any_of(settings_.stalls.begin(), settings_.stalls.end(),
                       [now](const Stall& s) { return now >= s.from && now < s.to; });
  }

  void sample(double now) {
    next_sample_ += sample_every_;
    std::vector<PortBytes> bytes;
    for (const FluidLink& link : links_)
      bytes.push_back({static_cast<std::uint64_t>(link.delivered()), 0});
    watch(now, bytes);
    if (stalled(now)) return;
    keep(now, balancer_.sample(at(now), bytes, placed_));
    for (const LoadRecord& record : balancer_.take_records())
      if (record.what == LoadRecord::What::all_overloaded)
        gauge_.outcome().overloads.push_back(now);
  }

  /// As the router measures, but also while its control core is stuck.
  void watch(double now, const std::vector<PortBytes>& bytes) {
    Outcome::Sample s{now, {}};
    for (std::size_t i = 0; i < meters_.size(); ++i) {
      meters_[i].add(at(now), bytes[i].rx);
      s.rate.push_back(static_cast<double>(meters_[i].rate().value));
    }
    gauge_.sample(s.rate);
    if (settings_.keep_trace) gauge_.outcome().trace.push_back(std::move(s));
  }

  void keep(double now, const std::optional<SwitchRecord>& change) {
    if (change)
      gauge_.outcome().switches.push_back(
          {now, index_of(change->from), index_of(change->to), change->cause});
  }

  const Site& site_;
  const Conditions& settings_;
  config::Config config_;
  BalancePlan plan_;
  ActiveCell cell_;
  Balancer balancer_;
  std::deque<PlacementBudget> budgets_;  ///< of each worker
  Workload& workload_;
  std::vector<FluidLink> links_;
  std::vector<std::uint64_t> placed_;
  std::vector<RateMeter> meters_;
  Gauge gauge_;
  Arrival waiting_;
  double sample_every_;
  double next_sample_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace

Outcome run(const Site& site, Workload& workload, const Conditions& settings) {
  return Bed(site, workload, settings).run();
}

}  // namespace spillway::simulation
