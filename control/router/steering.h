#pragma once
// The control core's judgement: what uplinks carry, whether they are well, where new connections
// go, and what becomes of those on an uplink that died.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/balance/balancer.h"
#include "control/events/event_log.h"
#include "control/health/failover.h"
#include "control/health/health_group.h"
#include "control/router/prober.h"
#include "control/router/worker_group.h"

namespace spillway {

/// Thread contract: control only.
class Steering {
 public:
  Steering(const config::Config& config, const RouterPorts& ports, WorkerGroup& workers,
           std::unique_ptr<Prober> prober, EventLog& events);

  /// Takes measurements and decides what is due; call it at least each millisecond or so.
  void poll(TimePoint now);
  /// Goes on under another configuration of the same ports; `config` must outlive this.
  void adopt(const config::Config& config, std::unique_ptr<Prober> prober);
  void set_admin(UplinkId uplink, AdminState admin) { health_.set_admin(uplink, admin); }

  Prober& prober() noexcept { return *prober_; }
  const Balancer& balancer() const noexcept { return *balancer_; }
  const HealthGroup& health() const noexcept { return health_; }
  bool link_up(PortIndex port) const { return link_up_[index_of(port)]; }

 private:
  void watch_links(TimePoint now);
  void judge(TimePoint now);
  void sample(TimePoint now);
  void carry_out(TimePoint now, const Eviction& eviction);
  void watch_evictions(TimePoint now);
  void report(TimePoint now, const SwitchRecord& change);
  void report(TimePoint now, const UplinkHealthChange& change);
  std::string name_of(UplinkId id) const;
  std::string names_of(UplinkSet set) const;

  const config::Config* config_;
  const RouterPorts& ports_;
  WorkerGroup& workers_;
  std::unique_ptr<Prober> prober_;
  EventLog& events_;
  std::unique_ptr<Balancer> balancer_;
  HealthGroup health_;
  Failover failover_;
  std::vector<bool> link_up_;  ///< by port
  TimePoint next_judgement_;
  TimePoint next_look_at_links_;
  TimePoint next_sample_;
  struct UnderWay {
    Eviction eviction;
    std::uint64_t evicted_before = 0;
  };
  std::vector<UnderWay> under_way_;  ///< evictions that workers have not finished
  std::uint64_t orders_sent_ = 0;
};

}  // namespace spillway
