#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/balance/monitor.h"
#include "control/balance/overload.h"
#include "control/balance/rate_meter.h"
#include "control/balance/reservation.h"
#include "control/balance/uplink_rate.h"
#include "control/config/config.h"
#include "dataplane/clock.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/balance_plan.h"

namespace spillway {

/// A change of the active uplink.
struct SwitchRecord {
  TimePoint time;
  UplinkId from = UplinkId::none;
  UplinkId to = UplinkId::none;
  std::string cause;
  std::vector<UplinkRate> rates;  ///< of every uplink at that moment
};

/// A Traffic Monitor that fired.
struct MonitorRecord {
  std::string name;
  std::string text;
};

/// Decides which uplink takes new connections; the only writer of the ActiveWord.
///
/// In `bandwidth` mode a Traffic Monitor that fires requests its `on_event` uplink, and the request
/// stands until another one fires; an uplink's own threshold makes it overloaded, with hysteresis.
/// The active uplink is the requested one, or the first in order, as far as it is usable and not
/// overloaded (uplink_choice.h). A change that load alone asks for waits until `dwell` has passed
/// since the last one; a failure never waits. In the other modes the active uplink is the first
/// usable one by distance, and monitors decide nothing.
///
/// With `reserve`, each sample publishes how many connections each limited uplink may still take
/// (reservation.h) under a new generation. Thread contract: control only.
class Balancer {
 public:
  /// Publishes the first word: everything usable, nothing overloaded. Throws std::invalid_argument
  /// when names in `config` refer to nothing.
  Balancer(const config::Config& config, ActiveCell& cell);
  /// The same in place of `before`, whose uplinks were the same: health, requests and, where the
  /// times are the same, measured rates go on.
  Balancer(const config::Config& config, ActiveCell& cell, const Balancer& before);

  /// Takes byte totals and placed connections, one of each per uplink. Returns the switch, if any.
  std::optional<SwitchRecord> sample(TimePoint now, std::span<const PortBytes> bytes,
                                     std::span<const std::uint64_t> placed);
  /// Takes the uplinks that may take new connections from now on; `cause` says why it changed.
  std::optional<SwitchRecord> set_usable(TimePoint now, UplinkSet usable, const std::string& cause);
  /// What Traffic Monitors and thresholds have said since the last call, a sentence each.
  std::vector<MonitorRecord> take_fired();

  /// What is reserved on an uplink for connections just placed, and how many more it may take
  /// before the next sample; nothing where load sets no limit.
  struct Room {
    BitsPerSecond reserved;
    std::uint32_t connections = 0;
  };
  std::optional<Room> room(UplinkId id) const;

  const std::vector<UplinkRate>& rates() const noexcept { return rates_; }
  const ActiveWord& word() const noexcept { return word_; }

 private:
  struct Meters {
    RateMeter rx;
    RateMeter tx;
  };
  struct Limit {
    config::Traffic traffic;
    config::RateLimit limit;
    Reservation reservation;
  };

  void build();
  void resume(const Balancer& before);
  std::optional<Limit> limit_of(std::size_t uplink) const;
  Limit make_limit(config::Traffic traffic, const config::RateLimit& limit) const;
  const config::Monitor* lowest_monitor(const config::Uplink& uplink) const;
  bool by_load() const noexcept {
    return plan_.mode == BalanceMode::bandwidth || plan_.mode == BalanceMode::least_used;
  }
  void measure(TimePoint now, std::span<const PortBytes> bytes);
  void observe_monitors();
  void observe_overload();
  bool reserve(TimePoint now, std::span<const std::uint64_t> placed);
  std::optional<SwitchRecord> settle(TimePoint now, bool may_wait, bool word_changed);
  UplinkId choose() const;
  UplinkId most_free() const;
  std::string load_cause(UplinkId to) const;
  std::vector<double> shares() const;

  const config::Config& config_;
  ActiveCell& cell_;
  BalancePlan plan_;
  ActiveWord word_;
  std::vector<Meters> meters_;
  std::vector<UplinkRate> rates_;
  std::vector<Monitor> monitors_;
  std::vector<std::optional<Overload>> overloads_;
  std::vector<std::optional<Limit>> limits_;
  UplinkId requested_ = UplinkId::none;
  std::string pending_cause_;  ///< of the event that a postponed switch waits for
  std::optional<TimePoint> last_switch_;
  std::vector<MonitorRecord> fired_;
};

}  // namespace spillway
