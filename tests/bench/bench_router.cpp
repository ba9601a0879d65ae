#include "tests/bench/bench_router.h"

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

#include "dataplane/path/frame.h"
#include "dataplane/path/worker.h"

namespace spillway::bench {
namespace {

constexpr PortIndex kLan = port_index(0);
constexpr PortIndex kWan = port_index(1);
constexpr PortIndex kOtherWan = port_index(2);
constexpr MacAddr kOwn{{2, 0, 0, 0, 0, 1}};
constexpr Ipv4Addr kGateway = Ipv4Addr::of(1, 1, 1, 1);
constexpr Ipv4Addr kOtherGateway = Ipv4Addr::of(2, 2, 2, 1);
constexpr std::uint16_t kMtu = 1500;

ConfigSnapshot one_uplink() {
  ConfigSnapshot c;
  c.lans.push_back({{Ipv4Addr::of(10, 0, 0, 1), 8}, kLan});
  c.uplinks.push_back({{kUplinkAddress, 24}, kGateway, kWan, true});
  c.lan_list.prefixes = {{Ipv4Addr::of(10, 0, 0, 0), 8}};
  c.connected_list.prefixes = {c.lan_list.prefixes[0], {Ipv4Addr::of(1, 1, 1, 0), 24}};
  c.plan.uplinks = 1;
  c.plan.order[0] = c.plan.by_distance[0] = uplink_id(0);
  c.timeouts = kTimeoutsLinux;
  return c;
}

/// For those that the first one loses.
void add_uplink(ConfigSnapshot& c) {
  c.uplinks.push_back({{Ipv4Addr::of(2, 2, 2, 65), 24}, kOtherGateway, kOtherWan, true});
  c.plan.uplinks = 2;
  c.plan.order[1] = c.plan.by_distance[1] = uplink_id(1);
}

ConnectionOrder order_of_the_first() {
  ConnectionOrder order;
  order.uplinks = 1;
  return order;
}

std::unique_ptr<Pipeline> make_pipeline(std::uint32_t connections, unsigned id) {
  PipelineSettings s;
  s.table.name += std::to_string(id);
  s.table.capacity = connections;
  s.table.secret = {0x1234567, 0x89abcde};
  s.neighbours = 1024;
  s.tell_senders = false;
  auto pipeline = std::make_unique<Pipeline>(s);
  pipeline->set_port(kLan, {Zone::lan, kOwn, kMtu});
  pipeline->set_port(kWan, {zone_of(uplink_id(0)), kOwn, kMtu});
  pipeline->set_port(kOtherWan, {zone_of(uplink_id(1)), kOwn, kMtu});
  auto& n = pipeline->neighbours();
  n.resolve(n.find_or_add(kWan, kGateway), MacAddr{{2, 0, 0, 0, 1, 1}});
  for (std::uint32_t host = 0; host < 250; ++host)
    n.resolve(n.find_or_add(kLan, Ipv4Addr::from_host(0x0a000002u + host)), MacAddr{});
  return pipeline;
}

}  // namespace

BenchRouter::BenchRouter(std::uint32_t connections, Mix mix, unsigned id)
    : connections_(connections),
      mix_(mix),
      config_(one_uplink()),
      pipeline_(make_pipeline(connections, id)),
      pool_(rte_pktmbuf_pool_create(("bench" + std::to_string(id)).c_str(), 1023, 0, 0,
                                    RTE_MBUF_DEFAULT_BUF_SIZE, 0)),
      wan_port_(connections) {
  if (pool_ == nullptr) throw std::runtime_error("no memory for packets");
  ActiveWord word;
  word.active = uplink_id(0);
  word.usable = UplinkSet::first(1);
  active_.publish(word);
  for (auto& packet : kept_) packet = rte_pktmbuf_alloc(pool_);
  for (std::uint32_t parity = 0; parity < 2; ++parity)
    templates_[parity] = test::build_frame(outbound(mix, parity));
  pass(std::chrono::milliseconds(0));
}

BenchRouter::~BenchRouter() {
  for (rte_mbuf* packet : kept_) rte_pktmbuf_free(packet);
  rte_mempool_free(pool_);
}

std::uint64_t BenchRouter::now() {
  return rte_rdtsc_precise();
}

void BenchRouter::pass(std::chrono::milliseconds time) {
  time_ += time;
  pipeline_->begin(time_, config_, active_);
}

double BenchRouter::bytes_per_connection() {
  return static_cast<double>(pipeline_->connections().memory_bytes()) / connections_;
}

std::vector<std::uint32_t> BenchRouter::shuffled() {
  std::vector<std::uint32_t> order(connections_);
  std::iota(order.begin(), order.end(), 0u);
  std::shuffle(order.begin(), order.end(), random_);
  return order;
}

std::uint32_t BenchRouter::any_connection() {
  return static_cast<std::uint32_t>((std::uint64_t{random_()} * connections_) >> 32);
}

double BenchRouter::open_all() {
  const std::vector<std::uint32_t> order = shuffled();
  std::uint64_t clocks = 0;
  for (std::uint32_t done = 0; done < connections_; done += kBurst) {
    const std::uint32_t n = std::min<std::uint32_t>(kBurst, connections_ - done);
    for (std::uint32_t i = 0; i < n; ++i)
      put(i, test::build_frame(outbound(mix_, order[done + i])));
    clocks += run(kLan, n);
    for (std::uint32_t i = 0; i < n; ++i)
      wan_port_[order[done + i]] = L4Port{load<std::uint16_t>(ip(i) + ipv4::min_header)};
  }
  std::uint32_t packets = 0;
  if (mix_ != Mix::udp64) {
    run_all({true, tcp::syn | tcp::ack_flag}, packets);
    run_all({false, tcp::ack_flag}, packets);
  }
  return static_cast<double>(clocks) / connections_;
}

/// One packet of every connection; clocks for each.
double BenchRouter::run_all(Side side, std::uint32_t& packets) {
  const std::vector<std::uint32_t> order = shuffled();
  std::uint64_t clocks = 0;
  for (std::uint32_t done = 0; done < connections_; done += kBurst) {
    const std::uint32_t n = std::min<std::uint32_t>(kBurst, connections_ - done);
    for (std::uint32_t i = 0; i < n; ++i) prepare(i, order[done + i], side, kSmallest);
    clocks += run(side.reply ? kWan : kLan, n);
  }
  packets += connections_;
  return static_cast<double>(clocks);
}

double BenchRouter::close_all() {
  std::uint32_t packets = 0;
  double clocks = 0;
  constexpr std::uint8_t end = tcp::fin | tcp::ack_flag;
  for (const Side& side :
       {Side{false, end}, Side{true, tcp::ack_flag}, Side{true, end}, Side{false, tcp::ack_flag}})
    clocks += run_all(side, packets);
  return clocks / packets;
}

double BenchRouter::expire_all() {
  pass(std::chrono::hours(200));
  const std::uint32_t before = pipeline_->connections().size();
  std::uint64_t clocks = 0;
  while (pipeline_->connections().size() > 0) {
    const std::uint64_t start = now();
    pipeline_->expire(64);
    clocks += now() - start;
  }
  return static_cast<double>(clocks) / before;
}

double BenchRouter::evict_all() {
  add_uplink(config_);
  ActiveWord word = active_.load();
  word.active = uplink_id(1);
  word.usable = UplinkSet(2);
  ++word.generation;
  active_.publish(word);
  pass(std::chrono::milliseconds(0));
  const std::uint32_t before = pipeline_->connections().size();
  pipeline_->take(order_of_the_first());
  std::uint64_t clocks = 0;
  while (pipeline_->is_sweeping()) {
    const std::uint64_t start = now();
    pipeline_->sweep(Worker::kSweepBudget);
    clocks += now() - start;
  }
  if (pipeline_->connections().size() != 0) throw std::runtime_error("connections are left");
  return static_cast<double>(clocks) / before;
}

double BenchRouter::answer_all() {
  std::uint32_t packets = 0;
  const double clocks = run_all({true, tcp::ack_flag}, packets);
  return clocks / packets;
}

std::uint32_t BenchRouter::open_beyond(std::uint32_t more) {
  const std::uint32_t before = pipeline_->connections().size();
  for (std::uint32_t i = 0; i < more; ++i) {
    put(0, test::build_frame(outbound(mix_, connections_ + i)));
    burst_.port = kLan;
    burst_.size = 1;
    burst_.packets = kept_;
    rte_mbuf_refcnt_set(kept_[0], 2);  // dropped or not, it stays ours
    pipeline_->process(burst_);
    pipeline_->tx().clear(kWan);
  }
  rte_mbuf_refcnt_set(kept_[0], 1);
  return pipeline_->connections().size() - before;
}

double BenchRouter::established(std::uint32_t bursts) {
  std::uint64_t clocks = 0;
  for (std::uint32_t b = 0; b < bursts; ++b) clocks += burst_of_established(b % 2 == 1);
  return static_cast<double>(clocks) / (static_cast<double>(bursts) * kBurst);
}

std::uint64_t BenchRouter::burst_of_established(bool reply) {
  for (std::uint32_t i = 0; i < kBurst; ++i)
    prepare(i, any_connection(), {reply, tcp::ack_flag}, length_of(mix_, i));
  return run(reply ? kWan : kLan, kBurst);
}

double BenchRouter::scanned(std::uint32_t bursts) {
  std::uint64_t clocks = 0;
  for (std::uint32_t b = 0; b < bursts; ++b) {
    for (std::uint32_t i = 0; i < kBurst; ++i)
      put(i, test::build_frame(scan(b * static_cast<std::uint32_t>(kBurst) + i)));
    burst_.port = kWan;
    burst_.size = kBurst;
    burst_.packets = kept_;
    // Dropped packets are freed: they stay ours.
    for (rte_mbuf* packet : kept_) rte_mbuf_refcnt_set(packet, 2);
    const std::uint64_t start = now();
    pipeline_->process(burst_);
    clocks += now() - start;
    expect_sent(kLan, 0);
  }
  return static_cast<double>(clocks) / (static_cast<double>(bursts) * kBurst);
}

std::uint8_t* BenchRouter::ip(std::uint32_t i) {
  return frame_of(kept_[i]) + kEtherHeader;
}

void BenchRouter::put(std::uint32_t i, const std::vector<std::uint8_t>& frame) {
  kept_[i]->data_len = static_cast<std::uint16_t>(frame.size());
  kept_[i]->pkt_len = static_cast<std::uint32_t>(frame.size());
  std::memcpy(frame_of(kept_[i]), frame.data(), frame.size());
}

/// Only headers are touched on the way: what a longer frame carries does not matter.
void BenchRouter::prepare(std::uint32_t i, std::uint32_t connection, Side side,
                          std::size_t length) {
  put(i, templates_[connection % 2]);
  kept_[i]->data_len = static_cast<std::uint16_t>(length);
  kept_[i]->pkt_len = static_cast<std::uint32_t>(length);
  const test::FrameSpec s = outbound(mix_, connection);
  std::uint8_t* packet = ip(i);
  std::uint8_t* l4 = packet + ipv4::min_header;
  store(packet + ipv4::total_length, swap16(static_cast<std::uint16_t>(length - kEtherHeader)));
  store(packet + ipv4::src, side.reply ? s.dst.be : s.src.be);
  store(packet + ipv4::dst, side.reply ? kUplinkAddress.be : s.dst.be);
  const L4Port ours = side.reply ? wan_port_[connection] : L4Port::from_host(s.src_port);
  const L4Port theirs = L4Port::from_host(s.dst_port);
  store(l4, side.reply ? theirs.be : ours.be);
  store(l4 + 2, side.reply ? ours.be : theirs.be);
  if (s.proto == IpProto::tcp) l4[tcp::flags] = side.flags;
  if (s.proto == IpProto::udp)
    store(l4 + udp::length,
          swap16(static_cast<std::uint16_t>(length - kEtherHeader - ipv4::min_header)));
  store(packet + ipv4::checksum, std::uint16_t{0});
  store(packet + ipv4::checksum,
        static_cast<std::uint16_t>(~fold(sum_bytes({packet, ipv4::min_header}))));
}

std::uint64_t BenchRouter::run(PortIndex port, std::uint32_t n) {
  burst_.port = port;
  burst_.size = n;
  burst_.packets = kept_;
  const std::uint64_t start = now();
  pipeline_->process(burst_);
  const std::uint64_t clocks = now() - start;
  expect_sent(port == kLan ? kWan : kLan, n);
  return clocks;
}

void BenchRouter::expect_sent(PortIndex port, std::uint32_t n) {
  if (pipeline_->tx().pending(port).size() != n)
    throw std::runtime_error("a packet of the benchmark did not become what it should");
  pipeline_->tx().clear(port);
}

}  // namespace spillway::bench
