#pragma once
// A worker whose ethdevs end in rings, so that tests see what drivers would.

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "dataplane/path/worker.h"
#include "tests/support/seed.h"

struct rte_mempool;
struct rte_ring;

namespace spillway::test {

/// An ethdev of one queue.
class RingDevice {
 public:
  /// Sends at most `room` - 1 frames until somebody takes them; a power of two.
  RingDevice(unsigned room, rte_mempool* pool);
  ~RingDevice();
  RingDevice(const RingDevice&) = delete;
  RingDevice& operator=(const RingDevice&) = delete;

  void receive(rte_mbuf* packet);
  rte_mbuf* next_sent();  ///< the caller frees it; null: no more
  std::uint16_t id() const { return id_; }

 private:
  rte_ring* in_;
  rte_ring* out_;
  std::uint16_t id_ = 0;
};

/// One LAN and two uplinks as in TestRouter, on devices and VLANs as a test wants. When it ends,
/// every counter must balance and every buffer must be back (R42, R45).
class TestWorker {
 public:
  struct Options {
    ConfigSnapshot config;
    bool with_fragments = false;
    std::uint16_t header_bytes = 256;  ///< of a buffer for a fragment's header, headroom included
    QueryRings queries{};
    std::uint32_t connections = 256;
    bool tells_hosts = false;  ///< by resets
  };
  TestWorker();
  explicit TestWorker(Options options);
  ~TestWorker();
  TestWorker(const TestWorker&) = delete;
  TestWorker& operator=(const TestWorker&) = delete;

  RingDevice& add_device(unsigned room = 256);
  RingDevice& device(std::size_t i) {
    return *std::next(devices_.begin(), static_cast<std::ptrdiff_t>(i));
  }
  void add_port(const RingDevice& device, PortIndex index, Zone zone, WorkerPort rest = {},
                std::uint16_t mtu = 1500);
  /// The usual: a device for the LAN, one for each uplink, neighbours known.
  void add_usual_ports();
  void learn(PortIndex port, Ipv4Addr address);

  void receive(RingDevice& device, const std::vector<std::uint8_t>& frame,
               std::size_t piece = ~std::size_t{0});
  /// A frame as the control core hands it over by one of its rings.
  void hand_over(rte_ring* ring, const std::vector<std::uint8_t>& frame,
                 PortIndex port = PortIndex::kernel);
  void tell(NeighbourNote::Kind kind, PortIndex port, Ipv4Addr address) const;
  std::uint32_t poll() { return worker().poll(now); }
  /// All that has been sent or punted since the last call, in order.
  std::vector<std::vector<std::uint8_t>> sent(RingDevice& device);
  std::vector<std::vector<std::uint8_t>> punted();

  bool balanced();
  std::uint64_t drops(DropReason reason);
  const PortCounters& port(PortIndex index) { return worker().counters().ports[index_of(index)]; }
  Worker& worker() { return *worker_; }
  const ControlRings& rings() const { return rings_; }

  TimePoint now{std::chrono::seconds(1000)};
  ActiveCell active;

 private:
  std::uint32_t buffers_in_use() const;

  rte_mempool* pool_;
  rte_mempool* fragment_headers_ = nullptr;
  rte_mempool* fragment_bodies_ = nullptr;
  ControlRings rings_;
  SnapshotCell snapshots_;
  std::unique_ptr<Worker> worker_;
  std::list<RingDevice> devices_;
};

}  // namespace spillway::test
