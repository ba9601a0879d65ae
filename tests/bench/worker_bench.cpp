// Clocks per packet of a worker between two ethdevs, drivers included. The first device gives the
// LAN's frames (a looped net_pcap), the second takes what leaves by the uplink (net_null). Prints
// `worker PACKETS VALUE LOWEST HIGHEST`.

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "dataplane/path/worker.h"
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

void measure(unsigned rounds) {
  if (rte_eth_dev_count_avail() != 2) throw std::runtime_error("two devices are needed: --vdev");
  rte_mempool* pool = rte_pktmbuf_pool_create("bench", 32767, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
  if (pool == nullptr) throw std::runtime_error("no memory for packets");
  SnapshotCell snapshots(std::make_unique<ConfigSnapshot>(one_uplink()), 1);
  ActiveCell active;
  ActiveWord word;
  word.active = uplink_id(0);
  word.usable = UplinkSet::first(1);
  active.publish(word);
  PipelineSettings settings;
  settings.table.capacity = kConnections;
  Worker worker(0, settings, snapshots, active);
  worker.add_port({.ethdev = 0, .index = kLan}, {Zone::lan, start(0, pool), 1500});
  worker.add_port({.ethdev = 1, .index = kWan}, {zone_of(uplink_id(0)), start(1, pool), 1500});
  auto& n = worker.pipeline().neighbours();
  n.resolve(n.find_or_add(kWan, kGateway), MacAddr{{2, 0, 0, 0, 1, 1}});
  for (std::uint32_t host = 0; host < 250; ++host)
    n.resolve(n.find_or_add(kLan, Ipv4Addr::from_host(0x0a000002u + host)), MacAddr{});
  const auto run = [&] {
    const Counter& sent = worker.counters().ports[index_of(kWan)].tx_packets;
    const std::uint64_t before = sent.get();
    const std::uint64_t start_clock = rte_rdtsc_precise();
    for (unsigned i = 0; i < kPolls; ++i) worker.poll(TimePoint(std::chrono::seconds(1)));
    const double clocks = static_cast<double>(rte_rdtsc_precise() - start_clock);
    if (sent.get() == before) throw std::runtime_error("nothing is forwarded");
    return clocks / static_cast<double>(sent.get() - before);
  };
  run();
  std::vector<double> figures;
  for (unsigned i = 0; i < rounds; ++i) figures.push_back(run());
  std::sort(figures.begin(), figures.end());
  std::printf("worker 0 %.1f %.1f %.1f\n", figures[figures.size() / 2], figures.front(),
              figures.back());
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
