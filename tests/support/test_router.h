#pragma once
// A pipeline with one LAN and two uplinks, and mbufs to feed it with.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/path/pipeline.h"
#include "tests/support/fate.h"
#include "tests/support/frames.h"
#include "tests/support/seed.h"

struct rte_mempool;

namespace spillway::test {

/// The seed's network: change `config` before the first packet. When it ends, every counter must
/// balance and every buffer must be back (R42, R45).
class TestRouter {
 public:
  struct Options {
    std::uint32_t connections = 1024;
    std::size_t counted_hosts = 0;
    bool with_punt_ring = true;
    std::size_t neighbours = 512;
    bool tell_senders = true;
    unsigned wanted = 0;  ///< places for questions about neighbours; 0: nobody answers any
    bool with_fragments = false;
    unsigned fragment_buffers = 511;
    std::array<std::uint16_t, 3> mtu{1500, 1500, 1500};  ///< of the LAN, the first, second uplink
    unsigned buffers = 511;
    std::uint16_t buffer_bytes = 2176;  ///< headroom of 128 included
  };
  TestRouter() : TestRouter(Options{}) {}
  explicit TestRouter(const Options& options);
  ~TestRouter();

  std::vector<Fate> burst(PortIndex port, const std::vector<std::vector<std::uint8_t>>& frames);
  Fate packet(PortIndex port, const std::vector<std::uint8_t>& frame);
  /// The same in buffers of at most `piece` bytes each.
  Fate scattered(PortIndex port, const std::vector<std::uint8_t>& frame, std::size_t piece);

  /// The same where packets are joined, cut or made to wait: all that comes out, in order by port.
  std::vector<Sent> feed(PortIndex port, const std::vector<std::vector<std::uint8_t>>& frames);
  /// What the control core says about a neighbour; what leaves then.
  std::vector<Sent> tell(NeighbourNote::Kind kind, PortIndex port, Ipv4Addr address);
  /// An order of the control core, carried out as far as one iteration goes; what leaves.
  std::vector<Sent> order(const ConnectionOrder& order);
  std::vector<Sent> sweep(std::uint32_t budget = 64);
  /// What the control core has been asked since the last call.
  std::vector<NeighbourNote> wanted();

  /// A packet from kHost to kServer, and the answer to what left.
  Fate from_lan(FrameSpec spec = {});
  Fate answer(const Fate& sent, FrameSpec spec = {});
  /// A packet of the router's own Linux.
  Fate from_kernel(const FrameSpec& spec);

  void at(std::chrono::milliseconds time) { now_ = TimePoint(time); }
  void pass(std::chrono::milliseconds time) { now_ += time; }
  /// Starts an iteration, for what is done to the pipeline directly.
  void begin();
  void expire(std::uint32_t budget = 1000);
  /// R42: what came in is what left, was dropped or punted, or waits.
  bool balanced();
  std::uint64_t drops(DropReason reason);
  const WorkerCounters& counters() { return pipeline_->counters(); }
  void learn(PortIndex port, Ipv4Addr address);

  ConfigSnapshot config;
  ActiveWord word;
  ActiveCell active;
  Pipeline& pipeline() { return *pipeline_; }
  const AffinityTable& affinity() const { return affinity_; }
  TimePoint now() const { return now_; }
  /// 0 where hosts are not counted.
  std::uint32_t connections_of(Ipv4Addr host) const { return hosts_ ? hosts_->of(host) : 0; }
  ConnectionTable& connections() { return pipeline_->connections(); }

 private:
  struct Emitted {
    const rte_mbuf* packet;  ///< to compare only: it has been freed
    Sent sent;
  };
  std::vector<Emitted> process(PortIndex port, const std::vector<rte_mbuf*>& packets);
  std::vector<Emitted> collect();
  std::vector<Fate> run(PortIndex port, const std::vector<rte_mbuf*>& packets);
  std::uint32_t buffers_in_use() const;

  rte_mempool* pool_;
  rte_mempool* fragment_headers_ = nullptr;
  rte_mempool* fragment_bodies_ = nullptr;
  rte_ring* punt_ = nullptr;
  rte_ring* wanted_ = nullptr;
  AffinityTable affinity_{64};
  std::unique_ptr<HostCountGroup> hosts_;
  std::unique_ptr<Pipeline> pipeline_;
  Burst burst_;
  TimePoint now_{std::chrono::seconds(1000)};
  std::uint64_t sent_ = 0;
};

}  // namespace spillway::test
