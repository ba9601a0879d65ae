#pragma once
// The live router: ports, workers, and the control core around them.

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "control/capture/capture_command.h"
#include "control/commands/access.h"
#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "control/cpus.h"
#include "control/events/event_log.h"
#include "control/events/hooks.h"
#include "control/metrics/metrics_server.h"
#include "control/metrics/telemetry.h"
#include "control/router/arp_service.h"
#include "control/router/counter_report.h"
#include "control/router/linux_side.h"
#include "control/router/packet_pools.h"
#include "control/router/router_ports.h"
#include "control/router/stall_watch.h"
#include "control/router/steering.h"
#include "control/router/survey.h"
#include "control/router/tsc_clock.h"
#include "control/router/views.h"
#include "control/router/worker_group.h"
#include "control/socket/command_server.h"

namespace spillway {

struct RouterOptions {
  std::string socket;  ///< path of the control socket
  CpuPlan cpus;        ///< for which the EAL has threads
  Machine machine;     ///< which memory is near to them
};

/// Needs an EAL with a worker lcore for each of the plan's workers. Thread contract: control only.
class Router {
 public:
  /// Brings everything up, and forwards from then on. Throws std::runtime_error.
  Router(std::unique_ptr<const config::Config> config, const RouterOptions& options);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// Serves until SIGTERM, SIGINT or the command `shutdown`; returns the final counters.
  CounterTotals run();

  /// Memory that it needs from the EAL; so much of it is nobody's in particular: rings, the
  /// fragment table, drivers, the EAL itself.
  static constexpr std::size_t kSharedMib = 128;
  static std::size_t memory_mib(const config::Config& config, unsigned most_workers);

 private:
  void poll();
  void tick(TimePoint now);
  void watch_checksums(TimePoint now);
  void watch_workers(TimePoint now);
  void wait_for_signals();
  void add_commands();
  void tell_of_metrics(const std::string& listen, const std::string& error);
  void publish_snapshot(TimePoint now);
  RouterSnapshot snapshot(TimePoint now);
  void add_show_commands();
  void add_controls();
  void tell_of_administrator(EventKind kind, const std::string& subject, const std::string& command,
                             const std::string& state);
  Answer set_forwarding(bool forwarding);
  std::unique_ptr<const ConfigSnapshot> snapshot_of(const config::Config& config) const;
  Answer reload();
  void adopt(std::unique_ptr<const config::Config> next);
  void publish(std::shared_ptr<const CaptureOrder> capture);
  void add_connection_commands();
  CaptureDesk capture_desk();
  CounterTotals totals() const;

  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer next_poll_;
  std::shared_ptr<const config::Config> config_;  ///< answers under way keep theirs
  std::shared_ptr<const CaptureOrder> capture_;   ///< null: there is none
  CommandTable commands_;
  Access access_;
  CommandServer server_;  ///< before all else: it tells whether another router is running
  TscClock clock_;
  EventLog events_;
  EventTally tally_;
  Hooks hooks_;
  linux_side::Netlink netlink_;
  ControlCounters counters_;
  std::vector<L4Port> probe_ids_;
  std::vector<int> nodes_;  ///< of the workers that there may be
  // Buffers come home before the pools end: from ports, then workers and their rings.
  std::unique_ptr<PacketPools> pools_;
  RouterPorts ports_;
  std::unique_ptr<const OwnerMap> owners_;
  std::unique_ptr<WorkerGroup> workers_;
  std::unique_ptr<SurveyDesk> surveys_;
  std::unique_ptr<ArpService> arp_;
  std::unique_ptr<LinuxSide> linux_;
  std::unique_ptr<Prober> prober_;
  std::unique_ptr<Steering> steering_;
  std::unique_ptr<Views> views_;
  bool forwarding_ = true;  ///< also over a reload
  StallWatch stalls_;
  std::shared_ptr<const std::vector<Event>> last_events_;
  SnapshotShelf shelf_;
  Telemetry telemetry_{shelf_};
  MetricsServer metrics_;
  TimePoint next_snapshot_;
  TimePoint next_tick_;
  TimePoint next_look_at_workers_;
  TimePoint busy_until_;
  std::vector<bool> warned_of_checksums_;
};

}  // namespace spillway
