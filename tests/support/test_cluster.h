#pragma once
// Several workers of one router, stepped one after the other, behind cards that sort or do not.

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "dataplane/path/worker.h"
#include "tests/support/fate.h"
#include "tests/support/seed.h"

struct rte_eth_rxtx_callback;
struct rte_mempool;
struct rte_ring;

namespace spillway::test {

/// What a port's card does with its queues.
enum class Card : std::uint8_t {
  sorts,      ///< a queue for each worker, filled by Toeplitz with our key: RSS
  spreads,    ///< the same, filled by a hash of its own
  one_queue,  ///< one worker receives and sends for all
};

/// An ethdev with queues, as its card fills them.
class CardDevice {
 public:
  CardDevice(Card card, unsigned queues, const OwnerMap& owners, bool on_lan_side,
             rte_mempool* pool);
  ~CardDevice();
  CardDevice(const CardDevice&) = delete;
  CardDevice& operator=(const CardDevice&) = delete;

  void receive(rte_mbuf* packet);
  rte_mbuf* next_sent();  ///< in the order of sending, by whichever queue
  std::uint16_t id() const { return id_; }
  Card card() const { return card_; }

 private:
  std::size_t queue_of(const rte_mbuf* packet) const;
  static std::uint16_t received(std::uint16_t, std::uint16_t, rte_mbuf**, std::uint16_t n,
                                std::uint16_t, void* self);

  Card card_;
  const OwnerMap& owners_;
  bool on_lan_side_;
  std::vector<rte_ring*> in_;
  std::atomic<unsigned> arrivals_{0};
  std::vector<const rte_eth_rxtx_callback*> callbacks_;  ///< by queue
  rte_ring* out_;
  std::uint16_t id_ = 0;
};

/// Ports 0.. of a configuration, LANs first, each with a card. When it ends, every counter must
/// balance over all workers and every buffer must be back (R42, R45).
class TestCluster {
 public:
  struct Options {
    ConfigSnapshot config;
    unsigned workers = 1;
    Card card = Card::sorts;
    std::uint16_t mtu = 9000;
    std::uint32_t connections = 4096;
    unsigned handoff_room = 256;
    std::uint64_t rss_random = 0x5bd1e995;
  };
  explicit TestCluster(Options options);
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  void learn(PortIndex port, Ipv4Addr address);
  void receive(PortIndex port, const std::vector<std::uint8_t>& frame);
  /// From the router's own Linux: the control core gives it to the worker that keeps it.
  void from_kernel(const std::vector<std::uint8_t>& frame);
  /// Whether all that was put in has come out, or was dropped, while threads poll the workers.
  bool is_idle() const;
  /// Polls all workers in turn until nothing moves.
  void settle();
  void poll(unsigned worker) { workers_[worker]->poll(now); }
  /// What has been sent, port by port, and punted (PortIndex::kernel) since the last call.
  std::vector<Sent> sent();

  bool balanced() const;
  std::uint64_t drops(DropReason reason) const;
  std::uint64_t sum(Counter WorkerCounters::*counter) const;
  std::uint32_t connections() const;
  Worker& worker(unsigned i) { return *workers_[i]; }
  unsigned workers() const { return static_cast<unsigned>(workers_.size()); }
  const OwnerMap& owners() const { return owners_; }

  TimePoint now{std::chrono::seconds(1000)};
  ActiveCell active;

 private:
  void add_worker(unsigned id, const Options& options);
  void add_ports(unsigned id, const Options& options);
  std::uint64_t under_way() const;
  /// All counters that packets move, added up.
  struct Flow {
    std::uint64_t received = 0;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t given = 0;
    std::uint64_t taken = 0;
    bool operator==(const Flow&) const = default;
  };
  Flow flow() const;

  const ConfigSnapshot& config() const { return snapshots_.load(); }

  OwnerMap owners_;
  rte_mempool* pool_;
  rte_mempool* fragment_headers_;
  rte_mempool* fragment_bodies_;
  SnapshotCell snapshots_;
  HostCountGroup hosts_;
  std::vector<std::vector<rte_ring*>> between_;  ///< [from][to]
  std::vector<ControlRings> rings_;
  std::vector<std::unique_ptr<Handoff>> handoffs_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::list<CardDevice> devices_;
  std::uint64_t put_in_ = 0;
};

}  // namespace spillway::test
