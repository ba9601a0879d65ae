#pragma once
// The router's own Linux: a companion interface for each port that has one. What workers hand over
// goes to Linux by it; what Linux sends by it is routed by a worker, whichever companion Linux
// chose.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "control/linux/netlink.h"
#include "control/router/control_counters.h"
#include "control/router/packet_pools.h"
#include "control/router/router_ports.h"
#include "control/router/worker_group.h"

namespace spillway {

/// Thread contract: control only.
class LinuxSide {
 public:
  /// Makes the companions with their addresses, and the routes. Throws std::runtime_error.
  LinuxSide(boost::asio::io_context& loop, const RouterPorts& ports, linux_side::Netlink& netlink,
            const WorkerGroup& workers, const PacketPools& pools, ControlCounters& counters);
  ~LinuxSide();
  LinuxSide(const LinuxSide&) = delete;
  LinuxSide& operator=(const LinuxSide&) = delete;

  /// Replaces the routes; `metric` in Linux is 1000 and the distance. Throws std::runtime_error.
  void set_routes(const config::Config& config);

  /// Is shown every packet first; true when it was for somebody else than Linux.
  using Diversion = std::function<bool(PortIndex, std::span<const std::uint8_t>)>;
  void divert(Diversion diversion) { diversion_ = std::move(diversion); }

  /// Takes what workers have handed over; how much there was.
  std::size_t poll();

 private:
  struct Companion;
  struct KernelRoute {
    std::string interface;
    Ipv4Prefix to;
    Ipv4Addr via;
    std::uint32_t metric = 0;
    bool operator==(const KernelRoute&) const = default;
  };

  void add(boost::asio::io_context& loop, const RouterPort& port);
  void wait_for(Companion& companion);
  void read_all(Companion& companion);
  void take(Companion& companion, std::span<const std::uint8_t> frame);
  void take_group(const Companion& companion, std::span<const std::uint8_t> frame);
  void answer_arp(Companion& companion, std::span<const std::uint8_t> frame);
  void route(std::span<const std::uint8_t> frame);
  std::size_t poll(WorkerLink& link);
  void deliver(rte_mbuf* packet);
  bool hand_over(rte_mbuf* packet, Companion& companion);
  bool echo(rte_mbuf* packet);
  Companion* companion_of(PortIndex port) noexcept;
  std::vector<KernelRoute> wanted_routes(const config::Config& config) const;

  const RouterPorts& ports_;
  linux_side::Netlink& netlink_;
  const WorkerGroup& workers_;
  const PacketPools& pools_;
  ControlCounters& counters_;
  Diversion diversion_;
  std::vector<std::unique_ptr<Companion>> companions_;
  std::vector<KernelRoute> routes_;
  std::vector<std::uint8_t> room_;
};

}  // namespace spillway
