#pragma once
// One polling core: takes bursts from its ports, sends what the pipeline lets through.

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/path/capture_tap.h"
#include "dataplane/path/connection_reader.h"
#include "dataplane/path/pipeline.h"
#include "dataplane/path/snapshot_cell.h"

namespace spillway {

inline constexpr std::uint16_t kNoQueue = 0xffff;

/// A port, or a VLAN sub-interface of one: several may name the same ethdev and queues.
struct WorkerPort {
  std::uint16_t ethdev = 0;
  std::uint16_t rx_queue = 0;  ///< kNoQueue: other workers receive
  std::uint16_t tx_queue = 0;  ///< kNoQueue: `sender` sends
  unsigned sender = 0;         ///< a worker that has a queue to send by
  PortIndex index = PortIndex::none;
  std::uint16_t vlan = 0;      ///< 802.1Q VLAN id; 0: untagged
  bool sends_segments = true;  ///< whether the driver sends frames that lie in several buffers
};

/// Thread contract: one thread calls `poll`; counters may be read by any.
class Worker {
 public:
  /// Connections looked at for expiry per iteration, so that its cost stays bounded.
  static constexpr std::uint32_t kExpireBudget = 64;
  /// Places of the table looked at for a question about connections: while packets come, so many
  /// each so many packets, which costs less than a hundredth of the packets' clocks; in an
  /// iteration without any, more.
  static constexpr std::uint32_t kAnswerBudget = 4;
  static constexpr std::uint32_t kPacketsPerAnswer = 32 * kBurst;
  static constexpr std::uint32_t kIdleAnswerBudget = 64;
  /// Places of the table looked at per iteration while an order is carried out.
  static constexpr std::uint32_t kSweepBudget = 256;

  Worker(unsigned id, const PipelineSettings& settings, SnapshotCell& snapshots,
         const ActiveCell& active);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Before the first poll. `facts` describe the port to the pipeline.
  void add_port(const WorkerPort& port, const PipelinePort& facts);

  /// One iteration: news of the control core, every port's next burst, then expiry. Returns how
  /// much there was to do: the packets received, and 1 for work on the table that goes on.
  std::uint32_t poll(TimePoint now) noexcept;

  /// Once no worker polls any more: takes what the control core and other workers have sent, and
  /// ends whatever waits. Returns the packets taken: they may have gone to another worker, so that
  /// several workers finish when a round of calls returns 0 for all.
  std::uint32_t finish(TimePoint now) noexcept;

  Pipeline& pipeline() noexcept { return pipeline_; }
  WorkerCounters& counters() noexcept { return pipeline_.counters(); }
  /// Received packets that are neither sent, dropped nor punted yet.
  std::uint64_t held() noexcept { return pipeline_.held(); }

 private:
  /// One ethdev queue and the ports that live on it.
  struct Source {
    std::uint16_t ethdev = 0;
    std::uint16_t rx_queue = 0;
    bool tagged = false;
    std::vector<WorkerPort> ports;
  };

  std::uint32_t receive(const Source& source) noexcept;
  void process_tagged(const Source& source, std::uint32_t received) noexcept;
  void process(PortIndex port, std::uint32_t size,
               Pipeline::Origin origin = Pipeline::Origin::port) noexcept;
  void hear_orders() noexcept;
  std::uint32_t hear_control() noexcept;
  std::uint32_t take_from_kernel() noexcept;
  std::uint32_t take_from_workers() noexcept;
  void answer(std::uint32_t received) noexcept;
  void pass_on() noexcept;
  void flush() noexcept;
  void flush(const WorkerPort& port) noexcept;
  void transmit(const WorkerPort& port, std::span<rte_mbuf*> pending) noexcept;
  void have_sent(const WorkerPort& port, std::span<rte_mbuf*> pending) noexcept;
  std::span<rte_mbuf*> made_sendable(const WorkerPort& port, std::span<rte_mbuf*> pending) noexcept;

  unsigned id_;
  SnapshotCell& snapshots_;
  const ActiveCell& active_;
  ControlRings rings_;
  Handoff* handoff_;
  ConnectionReader reader_;
  CaptureTap tap_;
  Pipeline pipeline_;
  std::vector<WorkerPort> ports_;
  std::vector<Source> sources_;
  std::array<rte_mbuf*, kBurst> received_{};
  Burst burst_;
  std::uint32_t since_answer_ = 0;  ///< packets, while there is a question
};

}  // namespace spillway
