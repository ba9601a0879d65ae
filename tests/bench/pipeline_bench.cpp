// Clocks per packet of the whole Pipeline, packets prepared in memory: established connections in
// random order, both directions mixed, then the cost of new connections. One process measures one
// number of connections; scripts/bench interleaves them and takes medians.

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <stdexcept>

#include "dataplane/path/frame.h"
#include "dataplane/path/pipeline.h"
#include "tests/support/frames.h"

namespace spillway {
namespace {

constexpr PortIndex kLan = port_index(0);
constexpr PortIndex kWan = port_index(1);
constexpr MacAddr kOwn{{2, 0, 0, 0, 0, 1}};
constexpr Ipv4Addr kUplink = Ipv4Addr::of(1, 1, 1, 32);
constexpr TimePoint kStart{std::chrono::seconds(1)};

/// The `i`-th connection: few hosts with many ports each, towards many servers.
test::FrameSpec outbound(std::uint32_t i) {
  test::FrameSpec s;
  s.src = Ipv4Addr::from_host(0x0a000000u + 2 + i / 32768 % 250);
  s.src_port = static_cast<std::uint16_t>(1024 + i % 32768);
  s.dst = Ipv4Addr::from_host(0x50000000u + i / 1024);
  s.dst_port = 443;
  s.payload.assign(18, 0);  // 60 bytes without FCS: the smallest frame
  return s;
}

ConfigSnapshot one_uplink() {
  ConfigSnapshot c;
  c.lans.push_back({{Ipv4Addr::of(10, 0, 0, 1), 8}, kLan});
  c.uplinks.push_back({{kUplink, 24}, Ipv4Addr::of(1, 1, 1, 1), kWan, true});
  c.lan_list.prefixes = {{Ipv4Addr::of(10, 0, 0, 0), 8}};
  c.connected_list.prefixes = {c.lan_list.prefixes[0], {Ipv4Addr::of(1, 1, 1, 0), 24}};
  c.plan.uplinks = 1;
  c.plan.order[0] = c.plan.by_distance[0] = uplink_id(0);
  c.timeouts = kTimeoutsLinux;
  return c;
}

PipelineSettings settings(std::uint32_t connections) {
  PipelineSettings s;
  s.table.capacity = connections;
  s.table.secret = {0x1234567, 0x89abcde};
  s.neighbours = 1024;
  return s;
}

class Bench {
 public:
  explicit Bench(std::uint32_t connections)
      : connections_(connections),
        config_(one_uplink()),
        pipeline_(settings(connections)),
        pool_(rte_pktmbuf_pool_create("bench", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0)) {
    if (pool_ == nullptr) throw std::runtime_error("no memory for packets");
    pipeline_.set_port(kLan, {Zone::lan, kOwn, 1500});
    pipeline_.set_port(kWan, {zone_of(uplink_id(0)), kOwn, 1500});
    auto& n = pipeline_.neighbours();
    n.resolve(n.find_or_add(kWan, Ipv4Addr::of(1, 1, 1, 1)), MacAddr{{2, 0, 0, 0, 1, 1}});
    for (std::uint32_t host = 0; host < 250; ++host)
      n.resolve(n.find_or_add(kLan, Ipv4Addr::from_host(0x0a000002u + host)), MacAddr{});
    ActiveWord word;
    word.active = uplink_id(0);
    word.usable = UplinkSet::first(1);
    active_.publish(word);
    for (auto& packet : burst_.packets) packet = rte_pktmbuf_alloc(pool_);
    kept_ = burst_.packets;
    pipeline_.begin(kStart, config_, active_);
  }

  /// Opens every connection in a shuffled order; returns clocks for each.
  double open_all() {
    std::vector<std::uint32_t> order(connections_);
    std::iota(order.begin(), order.end(), 0u);
    std::shuffle(order.begin(), order.end(), random_);
    wan_port_.resize(connections_);
    std::uint64_t clocks = 0;
    for (std::uint32_t done = 0; done < connections_; done += kBurst) {
      const std::uint32_t n = std::min<std::uint32_t>(kBurst, connections_ - done);
      for (std::uint32_t i = 0; i < n; ++i) fill(i, test::build_frame(outbound(order[done + i])));
      clocks += run(kLan, n);
      for (std::uint32_t i = 0; i < n; ++i)
        wan_port_[order[done + i]] = L4Port{load<std::uint16_t>(l3(i) + 20)};
    }
    return static_cast<double>(clocks) / connections_;
  }

  /// Clocks per packet over `bursts` bursts, directions alternating.
  double established(std::uint32_t bursts) {
    std::uint64_t clocks = 0;
    for (std::uint32_t b = 0; b < bursts; ++b) {
      const bool reply = b % 2 == 1;
      for (std::uint32_t i = 0; i < kBurst; ++i) prepare(i, next_random(), reply);
      clocks += run(reply ? kWan : kLan, kBurst);
    }
    return static_cast<double>(clocks) / (static_cast<double>(bursts) * kBurst);
  }

  double bytes_per_connection() {
    return static_cast<double>(pipeline_.connections().memory_bytes()) / connections_;
  }

 private:
  std::uint8_t* l3(std::uint32_t i) { return frame_of(kept_[i]) + kEtherHeader; }

  std::uint32_t next_random() {
    return static_cast<std::uint32_t>((std::uint64_t{random_()} * connections_) >> 32);
  }

  void set_length(std::uint32_t i, std::size_t length) {
    kept_[i]->data_len = static_cast<std::uint16_t>(length);
    kept_[i]->pkt_len = static_cast<std::uint32_t>(length);
  }

  void fill(std::uint32_t i, const std::vector<std::uint8_t>& frame) {
    set_length(i, frame.size());
    std::memcpy(frame_of(kept_[i]), frame.data(), frame.size());
  }

  void prepare(std::uint32_t i, std::uint32_t connection, bool reply) {
    test::FrameSpec s = outbound(connection);
    std::uint8_t* f = frame_of(kept_[i]);
    std::memcpy(f, template_.data(), template_.size());
    std::uint8_t* ip = f + kEtherHeader;
    const Ipv4Addr src = reply ? s.dst : s.src;
    const Ipv4Addr dst = reply ? kUplink : s.dst;
    store(ip + ipv4::src, src.be);
    store(ip + ipv4::dst, dst.be);
    store(ip + 20, reply ? L4Port::from_host(s.dst_port).be : L4Port::from_host(s.src_port).be);
    store(ip + 22, reply ? wan_port_[connection].be : L4Port::from_host(s.dst_port).be);
    store(ip + ipv4::checksum, std::uint16_t{0});
    store(ip + ipv4::checksum,
          static_cast<std::uint16_t>(~fold(sum_bytes({ip, ipv4::min_header}))));
    set_length(i, template_.size());
  }

  std::uint64_t run(PortIndex port, std::uint32_t n) {
    burst_.port = port;
    burst_.size = n;
    burst_.packets = kept_;
    const std::uint64_t start = rte_rdtsc_precise();
    pipeline_.process(burst_);
    const std::uint64_t clocks = rte_rdtsc_precise() - start;
    const PortIndex out = port == kLan ? kWan : kLan;
    if (pipeline_.tx().pending(out).size() != n)
      throw std::runtime_error("the pipeline dropped a packet of the benchmark");
    pipeline_.tx().clear(out);
    return clocks;
  }

  std::uint32_t connections_;
  ConfigSnapshot config_;
  Pipeline pipeline_;
  rte_mempool* pool_;
  ActiveCell active_;
  Burst burst_;
  std::array<rte_mbuf*, kBurst> kept_{};
  std::vector<L4Port> wan_port_;
  std::vector<std::uint8_t> template_ = test::build_frame(outbound(0));
  std::mt19937 random_{42};
};

int measure(std::uint32_t connections, unsigned rounds) {
  Bench bench(connections);
  const double opened = bench.open_all();
  bench.established(2000);
  std::vector<double> figures;
  for (unsigned i = 0; i < rounds; ++i) figures.push_back(bench.established(2000));
  std::sort(figures.begin(), figures.end());
  std::printf("%u %.1f %.1f %.1f %.0f %.0f\n", connections, figures[figures.size() / 2],
              figures.front(), figures.back(), opened, bench.bytes_per_connection());
  return 0;
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  const int eal = rte_eal_init(argc, argv);
  if (eal < 0 || argc - eal != 3) {
    std::fprintf(stderr, "usage: pipeline_bench EAL-OPTIONS -- CONNECTIONS ROUNDS\n");
    return 2;
  }
  try {
    return spillway::measure(static_cast<std::uint32_t>(std::strtoul(argv[eal + 1], nullptr, 10)),
                             static_cast<unsigned>(std::strtoul(argv[eal + 2], nullptr, 10)));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "pipeline_bench: %s\n", e.what());
    return 1;
  }
}
