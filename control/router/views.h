#pragma once
// What a live router shows of itself: plain values, for commands and whoever else tells of it.

#include <functional>

#include "control/commands/balance_commands.h"
#include "control/commands/drop_commands.h"
#include "control/commands/mangle_commands.h"
#include "control/commands/port_commands.h"
#include "control/commands/program_commands.h"
#include "control/commands/route_commands.h"
#include "control/commands/worker_commands.h"
#include "control/router/arp_service.h"
#include "control/router/control_counters.h"
#include "control/router/router_ports.h"
#include "control/router/steering.h"
#include "control/router/tsc_clock.h"
#include "control/router/worker_group.h"

namespace spillway {

/// Reads counters and states as they are at the moment. Thread contract: control only.
class Views {
 public:
  /// All must outlive this; the configuration is asked for anew each time.
  struct Parts {
    std::function<const config::Config&()> config;
    const TscClock& clock;
    const RouterPorts& ports;
    const WorkerGroup& workers;
    const ControlCounters& counters;
    const ArpService& arp;
    const Steering& steering;
  };
  explicit Views(Parts parts) : parts_(std::move(parts)) {}

  TimePoint now() const { return parts_.clock.now(); }

  std::vector<std::string> port_names() const;
  PortCounts port_counts(std::size_t port) const;
  std::vector<PortStatistic> port_statistics(std::size_t port) const;
  PortInfo port_info(std::size_t port) const;

  std::vector<UplinkView> uplinks() const { return parts_.steering.view(now()); }
  ActiveView active(bool forwarding) const;
  std::vector<MonitorView> monitors() const { return parts_.steering.monitors(); }
  std::vector<MangleRule> mangle() const;
  std::vector<RouteView> routes() const;
  std::vector<config::AddressList> address_lists() const { return parts_.config().address_lists; }
  std::vector<NeighbourView> neighbours() const;

  WorkersView workers() const;
  DropsView drops() const;
  VersionView version() const;

 private:
  const RouterPort& port(std::size_t i) const { return parts_.ports.all()[i]; }
  bool link_of(const RouterPort& port) const { return parts_.steering.link_up(port.index); }

  Parts parts_;
};

}  // namespace spillway
