#pragma once
// The router under replay: one worker whose ports are rings in memory.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "control/config/config.h"
#include "dataplane/path/worker.h"
#include "dataplane/wan/active_word.h"

struct rte_mempool;

namespace spillway::replay {

struct StageSettings {
  std::size_t longest_frame = 1514;  ///< bytes; links and buffers take this much at least
  std::size_t neighbours = 4096;     ///< LAN hosts, gateways, forward targets
  HashSecret secret;                 ///< fixed, so that a replay can be repeated
};

/// Needs an EAL. Thread contract: one thread. Construction throws std::runtime_error.
class Stage {
 public:
  Stage(const config::Config& config, const StageSettings& settings);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Memory that a stage needs from the EAL, in MiB.
  static std::size_t memory_mib(const config::Config& config, const StageSettings& settings);

  /// Makes `address` known on `port`, as ARP would. False when the neighbour table is full.
  bool introduce(PortIndex port, Ipv4Addr address);

  /// Puts a frame before `port`; it is received by the next poll. At most kBurst a poll.
  void inject(PortIndex port, std::span<const std::uint8_t> frame, std::uint32_t tag);

  /// One iteration of the worker; returns its TSC clocks.
  std::uint64_t poll(TimePoint now);

  /// Takes what left the router, port by port, and what it punted; `tag` is that of `inject`.
  struct Sent {
    PortIndex port;
    std::uint32_t tag = 0;
    std::span<const std::uint8_t> frame;
  };
  void collect(const std::function<void(const Sent&)>& on_sent);

  /// Drops of workers and control core together, by reason.
  std::uint64_t drops(DropReason reason) const;
  std::uint64_t received() const;
  std::uint64_t sent() const;
  std::uint64_t generated() const;
  std::uint64_t dropped() const;
  /// Packets that are neither sent, dropped nor waiting: 0 unless something leaked (R45).
  std::uint64_t held() const;
  /// R42, R45: every packet is accounted for and every buffer is back.
  bool balanced() const;

  const WorkerCounters& counters() const { return worker_->counters(); }
  const ConnectionTable& connections() const { return worker_->pipeline().connections(); }
  ActiveCell& active() { return active_; }
  const MacAddr& mac(PortIndex port) const { return facts_[index_of(port)].mac; }
  std::size_t ports() const { return facts_.size(); }
  std::uint16_t mtu(PortIndex port) const { return facts_[index_of(port)].mtu; }

 private:
  struct Port;
  struct Pool;

  void add_port(const PipelinePort& facts);
  void drop_punted();

  std::unique_ptr<Pool> pool_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<PipelinePort> facts_;
  std::unique_ptr<Port> punt_;
  ActiveCell active_;
  std::unique_ptr<SnapshotCell> snapshots_;
  std::unique_ptr<HostCountGroup> hosts_;
  std::unique_ptr<Worker> worker_;
  std::array<std::uint64_t, kDropReasons> control_drops_{};
};

}  // namespace spillway::replay
