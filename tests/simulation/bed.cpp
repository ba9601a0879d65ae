#include "tests/simulation/bed.h"

#include <algorithm>
#include <cmath>

#include "control/balance/plan.h"
#include "dataplane/wan/selection.h"

namespace spillway::simulation {
namespace {

constexpr double kStep = 0.01;  // seconds

TimePoint at(double seconds) {
  return TimePoint(
      std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(seconds * 1e9))));
}

class Bed {
 public:
  Bed(const config::Config& config, const Settings& settings)
      : config_(config),
        settings_(settings),
        plan_(make_balance_plan(config)),
        balancer_(config, cell_),
        workload_(settings.workload, settings.seed),
        placed_(config.uplinks.size()),
        down_(config.uplinks.size()) {
    for (const config::Uplink& uplink : config.uplinks)
      links_.emplace_back(static_cast<double>(uplink.capacity_rx.value().value));
    arrival_ = workload_.next_arrival();
    sample_every_ = std::chrono::duration<double>(config.balance.sample).count();
  }

  Outcome run() {
    // Counted in steps, so that no time is lost to rounding.
    const auto steps = static_cast<std::uint64_t>(settings_.seconds / kStep);
    for (std::uint64_t i = 0; i < steps; ++i) step(static_cast<double>(i) * kStep);
    finish();
    return std::move(outcome_);
  }

 private:
  void step(double now) {
    if (now >= next_sample_) sample(now);
    strike(now);
    for (; arrival_ < now + kStep; arrival_ += workload_.next_arrival()) place(arrival_);
    for (std::size_t i = 0; i < links_.size(); ++i)
      if (!down_[i]) links_[i].step(now, kStep, durations_);
    if (now >= settings_.warm_up && !measuring_) begin_measuring();
  }

  void begin_measuring() {
    measuring_ = true;
    durations_.clear();
    switches_ = 0;
    for (const FluidLink& link : links_) delivered_before_.push_back(link.delivered());
  }

  void strike(double now) {
    bool changed = false;
    for (const Outage& outage : settings_.outages) {
      const bool down = now >= outage.from && now < outage.to;
      if (down == down_[outage.uplink]) continue;
      down_[outage.uplink] = down;
      changed = true;
      if (down) outcome_.lost += links_[outage.uplink].clear();
    }
    if (!changed) return;
    UplinkSet usable;
    for (std::size_t i = 0; i < down_.size(); ++i)
      if (!down_[i]) usable.insert(uplink_id(i));
    switches_ += balancer_.set_usable(at(now), usable, "outage").has_value();
  }

  void place(double now) {
    const Demand demand = workload_.next_demand();
    FlowKey key;
    key.src_port = L4Port::from_host(static_cast<std::uint16_t>(++number_));
    key.dst = Ipv4Addr{static_cast<std::uint32_t>(number_ * 2654435761u)};
    const ActiveWord word = cell_.load();
    budget_.refresh(cell_, word);
    const UplinkId id = select_uplink(plan_, word, UplinkSet::first(plan_.uplinks), key, budget_);
    if (id == UplinkId::none) return;
    budget_.take(id);
    ++placed_[index_of(id)];
    links_[index_of(id)].add(demand.bytes, demand.cap, now);
  }

  void sample(double now) {
    next_sample_ += sample_every_;
    std::vector<PortBytes> bytes;
    for (const FluidLink& link : links_)
      bytes.push_back({static_cast<std::uint64_t>(link.delivered()), 0});
    switches_ += balancer_.sample(at(now), bytes, placed_).has_value();
    if (measuring_) judge_overshoot();
    if (!settings_.keep_trace) return;
    Outcome::Sample s{now, {}, index_of(cell_.load().active)};
    for (const UplinkRate& rate : balancer_.rates())
      s.rate.push_back(static_cast<double>(rate.rx.value));
    outcome_.trace.push_back(std::move(s));
  }

  void judge_overshoot() {
    ++samples_;
    const double limit = limit_of_first();
    if (limit <= 0) return;
    const double over = static_cast<double>(balancer_.rates()[0].rx.value) / limit - 1;
    over_ += over > 0;
    outcome_.worst_over = std::max(outcome_.worst_over, over);
  }

  double limit_of_first() const {
    if (config_.uplinks[0].threshold)
      return static_cast<double>(config_.uplinks[0].threshold->spill_above.rx.value);
    return config_.monitors.empty() ? 0
                                    : static_cast<double>(config_.monitors[0].threshold.rx.value);
  }

  void finish() {
    const double measured = settings_.seconds - settings_.warm_up;
    outcome_.switches_per_minute = static_cast<double>(switches_) / measured * 60;
    outcome_.share_over =
        samples_ > 0 ? static_cast<double>(over_) / static_cast<double>(samples_) : 0;
    double moved = 0;
    double possible = 0;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      const double bits = (links_[i].delivered() - delivered_before_[i]) * 8;
      outcome_.utilisation.push_back(bits / (links_[i].capacity() * measured));
      moved += bits;
      possible += links_[i].capacity() * measured;
    }
    outcome_.total_utilisation = moved / possible;
    if (durations_.empty()) return;
    for (const double d : durations_) outcome_.mean_duration += d;
    outcome_.mean_duration /= static_cast<double>(durations_.size());
    std::nth_element(durations_.begin(),
                     durations_.begin() + static_cast<std::ptrdiff_t>(durations_.size() / 2),
                     durations_.end());
    outcome_.median_duration = durations_[durations_.size() / 2];
  }

  const config::Config& config_;
  const Settings& settings_;
  BalancePlan plan_;
  ActiveCell cell_;
  Balancer balancer_;
  PlacementBudget budget_;
  Workload workload_;
  std::vector<FluidLink> links_;
  std::vector<std::uint64_t> placed_;
  std::vector<bool> down_;
  std::vector<double> durations_;
  std::vector<double> delivered_before_;
  double arrival_ = 0;
  double next_sample_ = 0;
  double sample_every_ = 0.1;
  std::uint64_t number_ = 0;
  std::size_t switches_ = 0;
  std::size_t samples_ = 0;
  std::size_t over_ = 0;
  bool measuring_ = false;
  Outcome outcome_;
};

}  // namespace

Outcome run(const config::Config& config, const Settings& settings) {
  return Bed(config, settings).run();
}

}  // namespace spillway::simulation
