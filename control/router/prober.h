#pragma once

#include <span>
#include <vector>

#include "control/config/config.h"
#include "control/health/echo_probe.h"
#include "control/health/probe_board.h"
#include "control/health/probe_clock.h"
#include "control/neighbours/arp_packet.h"
#include "control/neighbours/neighbour_cache.h"
#include "control/router/control_counters.h"
#include "control/router/packet_pools.h"
#include "control/router/router_ports.h"
#include "control/router/worker_link.h"

namespace spillway {

/// Sends the probes of the board by the uplink that each is for, and reads the answers (R34).
/// Thread contract: control only.
class Prober {
 public:
  /// `ids` are the ICMP identifiers by uplink, which workers hand to nobody else.
  Prober(const config::Config& config, const RouterPorts& ports, const NeighbourCache& neighbours,
         std::span<const L4Port> ids, WorkerLink& link, const PacketPools& pools,
         ControlCounters& counters);

  /// Goes on under another configuration of the same uplinks.
  void adopt(const config::Config& config);

  /// Before anything that came in is looked at; see ProbeClock.
  void advance(TimePoint now, std::uint64_t rounds) noexcept { clock_.advance(now, rounds); }
  /// Sends what is due.
  void poll(TimePoint now);
  void heard_arp(TimePoint now, PortIndex port, const ArpPacket& packet);
  /// True when the frame, which came in by `port`, answers to an identifier of ours: it is used up,
  /// even if the answer was late or forged.
  bool take_reply(TimePoint now, PortIndex port, std::span<const std::uint8_t> frame);

  const ProbeBoard& board() const noexcept { return board_; }

 private:
  void send(const ProbeOrder& order);
  PortIndex port_of(UplinkId uplink) const noexcept;

  const RouterPorts& ports_;
  const NeighbourCache& neighbours_;
  WorkerLink& link_;
  const PacketPools& pools_;
  ControlCounters& counters_;
  std::vector<L4Port> ids_;
  std::vector<Ipv4Addr> gateways_;
  std::size_t lans_;
  HashSecret secret_;
  ProbeClock clock_;
  ProbeBoard board_;
};

}  // namespace spillway
