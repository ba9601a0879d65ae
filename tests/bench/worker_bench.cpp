// Clocks per packet of a worker between two ethdevs, drivers included. The first device gives the
// LAN's frames (a looped net_pcap), the second takes what leaves by the uplink (net_null). And what
// the control core's doings beside add to that. Prints `CASE CONNECTIONS VALUE LOWEST HIGHEST`.

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "dataplane/path/worker.h"
#include "tests/bench/cases.h"
#include "tests/bench/traffic.h"

namespace spillway::bench {
namespace {

constexpr PortIndex kLan = port_index(0);
constexpr PortIndex kWan = port_index(1);
constexpr Ipv4Addr kGateway = Ipv4Addr::of(1, 1, 1, 1);
constexpr std::uint32_t kConnections = 16384;
constexpr unsigned kPolls = 20000;

MacAddr start(std::uint16_t device, rte_mempool* pool) {
  const rte_eth_conf conf{};
  const auto any = static_cast<unsigned>(SOCKET_ID_ANY);
  if (rte_eth_dev_configure(device, 1, 1, &conf) != 0 ||
      rte_eth_rx_queue_setup(device, 0, 512, any, nullptr, pool) != 0 ||
      rte_eth_tx_queue_setup(device, 0, 512, any, nullptr) != 0 || rte_eth_dev_start(device) != 0)
    throw std::runtime_error("a device does not start");
  rte_ether_addr address{};
  rte_eth_macaddr_get(device, &address);
  MacAddr mac;
  std::copy_n(address.addr_bytes, mac.bytes.size(), mac.bytes.begin());
  return mac;
}

ConfigSnapshot one_uplink() {
  ConfigSnapshot c;
  c.lans.push_back({{Ipv4Addr::of(10, 0, 0, 1), 8}, kLan});
  c.uplinks.push_back({{kUplinkAddress, 24}, kGateway, kWan, true});
  c.lan_list.prefixes = {{Ipv4Addr::of(10, 0, 0, 0), 8}};
  c.plan.uplinks = 1;
  return c;
}

rte_ring* make_ring(const char* name, unsigned element, unsigned count) {
  rte_ring* ring = rte_ring_create_elem(name, element, count, SOCKET_ID_ANY, 0);
  if (ring == nullptr) throw std::runtime_error("no memory for a ring");
  return ring;
}

rte_mempool* make_pool() {
  rte_mempool* pool = rte_pktmbuf_pool_create("bench", 32767, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
  if (pool == nullptr) throw std::runtime_error("no memory for packets");
  return pool;
}

/// A worker between the two devices, and the control core's end of its rings.
class Bed {
 public:
  Bed() : pool_(make_pool()), snapshots_(std::make_unique<ConfigSnapshot>(one_uplink()), 1) {
    rings_.transmit = make_ring("transmit", sizeof(void*), 1024);
    rings_.queries.questions = make_ring("questions", sizeof(ConnectionQuery), 16);
    rings_.queries.rows[0] = make_ring("rows", sizeof(ConnectionRow), 256);
    ActiveWord word;
    word.active = uplink_id(0);
    word.usable = UplinkSet::first(1);
    active_.publish(word);
    PipelineSettings settings;
    settings.table.capacity = kConnections;
    settings.rings = rings_;
    worker_ = std::make_unique<Worker>(0, settings, snapshots_, active_);
    worker_->add_port({.ethdev = 0, .index = kLan}, {Zone::lan, start(0, pool_), 1500});
    worker_->add_port({.ethdev = 1, .index = kWan}, {zone_of(uplink_id(0)), start(1, pool_), 1500});
    auto& n = worker_->pipeline().neighbours();
    n.resolve(n.find_or_add(kWan, kGateway), MacAddr{{2, 0, 0, 0, 1, 1}});
    for (std::uint32_t host = 0; host < 250; ++host)
      n.resolve(n.find_or_add(kLan, Ipv4Addr::from_host(0x0a000002u + host)), MacAddr{});
  }

  /// Clocks of the worker for a packet, while `control` does something before each iteration that
  /// has a CPU of its own: its clocks do not count.
  template <typename Control>
  double run(Control&& control) {
    const Counter& received = worker_->counters().ports[index_of(kLan)].rx_packets;
    const std::uint64_t before = received.get();
    std::uint64_t clocks = 0;
    for (unsigned i = 0; i < kPolls; ++i) {
      control(i);
      const std::uint64_t begin = rte_rdtsc_precise();
      worker_->poll(TimePoint(std::chrono::seconds(1)));
      clocks += rte_rdtsc_precise() - begin;
    }
    if (received.get() == before) throw std::runtime_error("nothing is forwarded");
    return static_cast<double>(clocks) / static_cast<double>(received.get() - before);
  }

  /// The whole round at once, without looking at the clock in between.
  double run() {
    const Counter& sent = worker_->counters().ports[index_of(kWan)].tx_packets;
    const std::uint64_t before = sent.get();
    const std::uint64_t begin = rte_rdtsc_precise();
    for (unsigned i = 0; i < kPolls; ++i) worker_->poll(TimePoint(std::chrono::seconds(1)));
    const double clocks = static_cast<double>(rte_rdtsc_precise() - begin);
    if (sent.get() == before) throw std::runtime_error("nothing is forwarded");
    return clocks / static_cast<double>(sent.get() - before);
  }

  /// A frame that the control core wants sent, as each probe is.
  void probe() {
    rte_mbuf* frame = rte_pktmbuf_alloc(pool_);
    if (frame == nullptr) throw std::runtime_error("no memory for a probe");
    rte_pktmbuf_append(frame, kSmallest);
    frame->port = static_cast<std::uint16_t>(kWan);
    if (rte_ring_enqueue(rings_.transmit, frame) != 0) rte_pktmbuf_free(frame);
  }
  void reload() {
    snapshots_.publish(std::make_unique<ConfigSnapshot>(one_uplink()));
    snapshots_.reclaim();
  }
  /// Asks for all connections whenever the last answer is complete, and takes what has come.
  void list() {
    ConnectionQuery query;
    if (ended_) rte_ring_enqueue_elem(rings_.queries.questions, &query, sizeof query);
    ended_ = false;
    ConnectionRow row;
    while (rte_ring_dequeue_elem(rings_.queries.rows[0], &row, sizeof row) == 0) {
      ended_ = row.end;
      ++rows_;
    }
  }
  std::uint64_t rows() const { return rows_; }

 private:
  rte_mempool* pool_;
  SnapshotCell snapshots_;
  ActiveCell active_;
  ControlRings rings_;
  std::unique_ptr<Worker> worker_;
  bool ended_ = true;
  std::uint64_t rows_ = 0;
};

/// What something beside forwarding adds, in per cent of a packet's clocks: rounds with and without
/// it take turns, so that the machine's moods fall on both.
template <typename Control>
void compare(const char* name, Bed& bed, unsigned rounds, Control&& control) {
  std::vector<double> per_cent;
  for (unsigned i = 0; i < rounds; ++i) {
    const double without = bed.run([](unsigned) {});
    per_cent.push_back((bed.run(control) / without - 1) * 100);
  }
  print(name, kConnections, std::move(per_cent));
}

void measure(unsigned rounds) {
  if (rte_eth_dev_count_avail() != 2) throw std::runtime_error("two devices are needed: --vdev");
  Bed bed;
  bed.run();
  std::vector<double> figures;
  for (unsigned i = 0; i < rounds; ++i) figures.push_back(bed.run());
  print("worker", 0, std::move(figures));
  // At some 400,000 iterations a second: 16 uplinks that are probed ten times a second, each by
  // ARP and ping; a reload every 10 ms, which nobody does; and lists without a pause.
  compare("beside-probes", bed, rounds, [&](unsigned i) {
    if (i % 1250 == 0) bed.probe();
  });
  compare("beside-reload", bed, rounds, [&](unsigned i) {
    if (i % 4000 == 0) bed.reload();
  });
  // The control core comes by every 50 us while it has something to do.
  compare("beside-list", bed, rounds, [&](unsigned i) {
    if (i % 20 == 0) bed.list();
  });
  if (bed.rows() == 0) throw std::runtime_error("no connection was listed");
}

}  // namespace
}  // namespace spillway::bench

int main(int argc, char** argv) {
  const int eal = rte_eal_init(argc, argv);
  if (eal < 0 || argc - eal != 2) {
    std::fputs("usage: worker_bench EAL-OPTIONS --vdev=LAN --vdev=UPLINK -- ROUNDS\n", stderr);
    return 2;
  }
  try {
    spillway::bench::measure(static_cast<unsigned>(std::strtoul(argv[eal + 1], nullptr, 10)));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "worker_bench: %s\n", e.what());
    return 1;
  }
}
