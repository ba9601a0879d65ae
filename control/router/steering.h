#pragma once
// The control core's judgement: what uplinks carry, whether they are well, where new connections
// go, and what becomes of those on an uplink that died.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/commands/balance_commands.h"
#include "control/commands/uplink_commands.h"
#include "control/events/event_log.h"
#include "control/router/evictions.h"
#include "control/router/judge.h"
#include "control/router/prober.h"
#include "control/router/worker_group.h"

namespace spillway {

/// Thread contract: control only.
class Steering {
 public:
  Steering(const config::Config& config, const RouterPorts& ports, WorkerGroup& workers,
           Prober& prober, EventLog& events);

  /// Takes measurements and decides what is due; call it at least each millisecond or so.
  void poll(TimePoint now);
  /// Goes on under another configuration of the same ports; `config` must outlive this.
  void adopt(const config::Config& config);
  void set_admin(UplinkId uplink, AdminState admin) { judge_.health().set_admin(uplink, admin); }

  const Balancer& balancer() const noexcept { return judge_.balancer(); }
  const HealthGroup& health() const noexcept { return judge_.health(); }
  bool link_up(PortIndex port) const { return link_up_[index_of(port)]; }
  /// The last change of the active uplink; nothing before the first.
  const std::optional<SwitchRecord>& last_switch() const noexcept { return last_switch_; }
  std::vector<MonitorView> monitors() const;
  /// All that is known of the uplinks.
  std::vector<UplinkView> view(TimePoint now) const;

 private:
  void watch_links(TimePoint now);
  void judge(TimePoint now);
  void sample(TimePoint now);

  // What is told (steering_events.cpp).
  void report(TimePoint now, const SwitchRecord& change);
  void report(TimePoint now, const LoadRecord& record);
  void report(TimePoint now, const UplinkHealthChange& change);
  void report(TimePoint now, const Eviction& begun);
  void report(TimePoint now, const Evictions::Done& done);
  std::string name_of(UplinkId id) const;
  std::string names_of(UplinkSet set) const;

  const config::Config* config_;
  const RouterPorts& ports_;
  WorkerGroup& workers_;
  Prober& prober_;
  EventLog& events_;
  Judge judge_;
  Evictions evictions_;
  std::optional<SwitchRecord> last_switch_;
  std::vector<bool> link_up_;  ///< by port
  TimePoint next_judgement_;
  TimePoint next_look_at_links_;
  TimePoint next_poll_of_links_;
  TimePoint next_sample_;
};

}  // namespace spillway
