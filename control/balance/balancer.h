#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/balance/monitor.h"
#include "control/balance/overload.h"
#include "control/balance/rate_meter.h"
#include "control/balance/uplink_limits.h"
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

/// What load has brought about beside a switch.
struct LoadRecord {
  enum class What : std::uint8_t { monitor_fired, all_overloaded, relieved };
  What what = What::monitor_fired;
  std::string monitor;  ///< its name, if one fired
  std::string text;     ///< a sentence
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
/// Each sample publishes, under a new generation, what each limited uplink carries and, with
/// `reserve`, how many connections it may still take (uplink_limits.h). By these the workers choose
/// for each connection when the active uplink has no room and while all are overloaded. Thread
/// contract: control only.
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
  /// What has happened since the last call.
  std::vector<LoadRecord> take_records();

  /// What is reserved on an uplink for connections just placed, what one is expected to add, and
  /// how many more it may take before the next sample; nothing where any number may come.
  struct Room {
    BitsPerSecond reserved;
    BitsPerSecond each;
    std::uint32_t connections = 0;
  };
  std::optional<Room> room(UplinkId id) const;

  const std::vector<UplinkRate>& rates() const noexcept { return rates_; }
  const ActiveWord& word() const noexcept { return word_; }
  /// In the order of the configuration; they decide nothing in modes other than `bandwidth`.
  const std::vector<Monitor>& monitors() const noexcept { return monitors_; }
  /// What the monitor that fired last asked for; none before the first.
  UplinkId requested() const noexcept { return requested_; }
  const UplinkLimits& limits() const noexcept { return limits_; }

 private:
  struct Meters {
    RateMeter rx;
    RateMeter tx;
  };

  void build();
  void resume(const Balancer& before);
  bool by_load() const noexcept {
    return plan_.mode == BalanceMode::bandwidth || plan_.mode == BalanceMode::least_used;
  }
  void measure(TimePoint now, std::span<const PortBytes> bytes);
  void observe_monitors();
  void observe_overload();
  std::optional<SwitchRecord> settle(TimePoint now, bool may_wait, bool word_changed);
  void tell_of_overload();
  UplinkId choose(UplinkId current) const;
  UplinkId least_used() const;
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
  UplinkLimits limits_;
  UplinkId requested_ = UplinkId::none;
  std::string pending_cause_;  ///< of the event that a postponed switch waits for
  std::optional<TimePoint> last_switch_;
  bool overload_ = false;  ///< all usable uplinks are, and that has been said
  std::vector<LoadRecord> records_;
};

}  // namespace spillway
