#include "tests/support/test_cluster.h"

#include <gtest/gtest.h>
#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <rte_thash.h>

#include <stdexcept>

#include "dataplane/path/frame.h"
#include "tests/support/buffers.h"
#include "tests/support/fragments.h"
#include "tests/support/living.h"

namespace spillway::test {
namespace {

constexpr auto kAnySocket = static_cast<unsigned>(SOCKET_ID_ANY);
constexpr unsigned kRoom = 1024;
constexpr std::uint16_t kMore = 0x2000;  // more fragments follow, offset 0

rte_ring* create_ring(unsigned room) {
  return rte_ring_create(unique_name("cluster").c_str(), room, SOCKET_ID_ANY, 0);
}

ParsedPacket parsed(const rte_mbuf* packet) {
  return parse_frame(frame_of(packet), packet->pkt_len, kRouterMac);
}

/// As a card computes it, over the packet's own words.
std::uint32_t toeplitz(const RssHash::Key& key, const ParsedPacket& p) {
  const bool ports =
      p.kind == PacketKind::flow && (p.proto == IpProto::tcp || p.proto == IpProto::udp);
  std::uint32_t words[] = {p.src().host(), p.dst().host(), swap32(p.ports)};
  // It is read word by word.
  alignas(std::uint32_t) const RssHash::Key aligned = key;
  return rte_softrss(words, ports ? 3 : 2, aligned.data());
}

void free_all(const std::vector<rte_ring*>& rings) {
  for (rte_ring* ring : rings) rte_ring_free(ring);
}

}  // namespace

CardDevice::CardDevice(Card card, unsigned queues, const OwnerMap& owners, bool on_lan_side,
                       rte_mempool* pool)
    : card_(card), owners_(owners), on_lan_side_(on_lan_side), out_(create_ring(kRoom)) {
  for (unsigned i = 0; i < queues; ++i) in_.push_back(create_ring(kRoom));
  std::vector<rte_ring*> out(queues, out_);
  const std::string name = unique_name("card");
  id_ = static_cast<std::uint16_t>(
      rte_eth_from_rings(name.c_str(), in_.data(), queues, out.data(), queues, kAnySocket));
  const rte_eth_conf conf{};
  const auto n = static_cast<std::uint16_t>(queues);
  rte_eth_dev_configure(id_, n, n, &conf);
  for (std::uint16_t q = 0; q < n; ++q) {
    rte_eth_rx_queue_setup(id_, q, 64, kAnySocket, nullptr, pool);
    rte_eth_tx_queue_setup(id_, q, 64, kAnySocket, nullptr);
  }
  for (std::uint16_t q = 0; q < n; ++q)
    callbacks_.push_back(rte_eth_add_rx_callback(id_, q, received, this));
  rte_eth_dev_start(id_);
}

/// The thread sanitizer does not see what passes by a library's rings: here it does.
std::uint16_t CardDevice::received(std::uint16_t, std::uint16_t, rte_mbuf**, std::uint16_t n,
                                   std::uint16_t, void* self) {
  static_cast<CardDevice*>(self)->arrivals_.load(std::memory_order_acquire);
  return n;
}

CardDevice::~CardDevice() {
  for (std::uint16_t q = 0; q < callbacks_.size(); ++q)
    rte_eth_remove_rx_callback(id_, q, callbacks_[q]);
  while (rte_mbuf* packet = next_sent()) rte_pktmbuf_free(packet);
  rte_eth_dev_info info{};
  rte_eth_dev_info_get(id_, &info);
  rte_eth_dev_stop(id_);
  rte_dev_remove(const_cast<rte_device*>(info.device));
  free_all(in_);
  rte_ring_free(out_);
}

std::size_t CardDevice::queue_of(const rte_mbuf* packet) const {
  const ParsedPacket p = parsed(packet);
  if (card_ == Card::one_queue || p.addresses == 0) return 0;
  if (card_ == Card::spreads) {
    // Some take the first fragment by its ports, which the others do not have.
    const bool first = p.kind == PacketKind::fragment && fragment_word(bytes_of(packet)) == kMore;
    return (p.addresses % 1000003 + first) % in_.size();
  }
  const RssHash& hash = owners_.hash();
  const RssHash::Key& key = on_lan_side_ ? hash.lan_key() : hash.uplink_key();
  return owners_.owner_of(toeplitz(key, p) & (hash.indices() - 1));
}

void CardDevice::receive(rte_mbuf* packet) {
  rte_ring* queue = in_[queue_of(packet)];
  arrivals_.fetch_add(1, std::memory_order_release);
  if (rte_ring_enqueue(queue, packet) != 0) throw std::runtime_error("no room in the card");
}

rte_mbuf* CardDevice::next_sent() {
  void* packet = nullptr;
  return rte_ring_dequeue(out_, &packet) == 0 ? static_cast<rte_mbuf*>(packet) : nullptr;
}

TestCluster::TestCluster(Options options)
    : owners_(RssHash({.random = options.rss_random}), options.workers),
      pool_(create_pool("packets", 8191, RTE_MBUF_DEFAULT_BUF_SIZE)),
      fragment_headers_(create_pool("headers", 511, 256)),
      fragment_bodies_(create_pool("bodies", 511, 0)),
      snapshots_(std::make_unique<ConfigSnapshot>(std::move(options.config)), options.workers),
      hosts_(256, options.workers) {
  const std::size_t ports = config().lans.size() + config().uplinks.size();
  const unsigned queues = options.card == Card::one_queue ? 1 : options.workers;
  for (std::size_t i = 0; i < ports; ++i)
    devices_.emplace_back(options.card, queues, owners_, i < config().lans.size(), pool_);
  for (unsigned from = 0; from < options.workers; ++from) {
    between_.emplace_back();
    for (unsigned to = 0; to < options.workers; ++to)
      between_[from].push_back(from == to ? nullptr : create_ring(options.handoff_room));
  }
  for (unsigned i = 0; i < options.workers; ++i) add_worker(i, options);
  ActiveWord word;
  word.active = kIsp1;
  word.usable = UplinkSet::first(config().uplinks.size());
  active.publish(word);
}

void TestCluster::add_worker(unsigned id, const Options& options) {
  ControlRings rings;
  rings.punt = create_ring(kRoom);
  rings.arp = create_ring(kRoom);
  rings.from_kernel = create_ring(kRoom);
  rings_.push_back(rings);
  PipelineSettings settings;
  settings.table.name = unique_name("cluster");
  settings.table.capacity = options.connections;
  settings.table.socket = SOCKET_ID_ANY;
  settings.rings = rings;
  settings.hosts = &hosts_;
  settings.fragment_headers = fragment_headers_;
  settings.fragment_bodies = fragment_bodies_;
  if (options.workers > 1) {
    std::vector<rte_ring*> from;
    for (const auto& row : between_) from.push_back(row[id]);
    handoffs_.push_back(std::make_unique<Handoff>(between_[id], from));
    settings.owners = &owners_;
    settings.handoff = handoffs_.back().get();
    settings.self = id;
  }
  workers_.push_back(std::make_unique<Worker>(id, settings, snapshots_, active));
  workers_.back()->pipeline().set_port(PortIndex::kernel, {Zone::kernel, kRouterMac, UINT16_MAX});
  add_ports(id, options);
}

void TestCluster::add_ports(unsigned id, const Options& options) {
  std::size_t at = 0;
  for (const CardDevice& device : devices_) {
    const bool lan = at < config().lans.size();
    WorkerPort port{.ethdev = device.id(), .index = port_index(at)};
    if (device.card() == Card::one_queue) {
      port.sender = static_cast<unsigned>(at % options.workers);
      const bool mine = port.sender == id;
      port.rx_queue = port.tx_queue = mine ? 0 : kNoQueue;
    } else {
      port.rx_queue = port.tx_queue = static_cast<std::uint16_t>(id);
    }
    PipelinePort facts{lan ? Zone::lan : zone_of(uplink_id(at - config().lans.size())), kRouterMac,
                       options.mtu};
    facts.sorted = device.card() == Card::sorts;
    workers_[id]->add_port(port, facts);
    ++at;
  }
}

TestCluster::~TestCluster() {
  settle();
  EXPECT_TRUE(balanced()) << "R42";
  for (const auto& worker : workers_) worker->pipeline().drain();
  EXPECT_TRUE(balanced()) << "R42, after draining";
  for (const auto& worker : workers_)
    EXPECT_TRUE(living_counted(worker->pipeline())) << "R42, connections by state";
  sent();
  std::uint32_t in_use = 0;
  for (const rte_mempool* pool : {pool_, fragment_headers_, fragment_bodies_})
    in_use += rte_mempool_in_use_count(pool);
  EXPECT_EQ(in_use, 0u) << "R45: no buffer is lost";
  workers_.clear();
  devices_.clear();
  for (const auto& row : between_) free_all(row);
  for (const ControlRings& r : rings_) free_all({r.punt, r.arp, r.from_kernel});
  for (rte_mempool* pool : {pool_, fragment_headers_, fragment_bodies_}) rte_mempool_free(pool);
}

void TestCluster::learn(PortIndex port, Ipv4Addr address) {
  for (const auto& worker : workers_) {
    auto& n = worker->pipeline().neighbours();
    n.resolve(n.find_or_add(port, address), mac_of(address));
  }
}

void TestCluster::receive(PortIndex port, const std::vector<std::uint8_t>& frame) {
  ++put_in_;
  std::next(devices_.begin(), static_cast<std::ptrdiff_t>(index_of(port)))
      ->receive(load(pool_, frame));
}

void TestCluster::from_kernel(const std::vector<std::uint8_t>& frame) {
  ++put_in_;
  rte_mbuf* packet = load(pool_, frame);
  const unsigned owner = owners_.owner(config(), key_of(parsed(packet), Zone::kernel));
  if (rte_ring_enqueue(rings_[owner].from_kernel, packet) != 0)
    throw std::runtime_error("no room in the ring");
}

void TestCluster::settle() {
  std::uint32_t moved = 1;
  while (moved > 0) {
    moved = 0;
    for (const auto& worker : workers_) moved += worker->poll(now);
  }
}

std::vector<Sent> TestCluster::sent() {
  std::vector<Sent> all;
  const auto take = [&all](PortIndex port, rte_mbuf* packet) {
    all.push_back({port, bytes_of(packet)});
    rte_pktmbuf_free(packet);
  };
  std::size_t at = 0;
  for (CardDevice& device : devices_) {
    while (rte_mbuf* packet = device.next_sent()) take(port_index(at), packet);
    ++at;
  }
  for (const ControlRings& rings : rings_) {
    void* packet = nullptr;
    for (rte_ring* ring : {rings.punt, rings.arp})
      while (rte_ring_dequeue(ring, &packet) == 0)
        take(PortIndex::kernel, static_cast<rte_mbuf*>(packet));
  }
  return all;
}

std::uint64_t TestCluster::sum(Counter WorkerCounters::*counter) const {
  std::uint64_t n = 0;
  for (const auto& worker : workers_) n += (worker->counters().*counter).get();
  return n;
}

std::uint64_t TestCluster::drops(DropReason reason) const {
  std::uint64_t n = 0;
  for (const auto& worker : workers_) n += worker->counters().drops[index_of(reason)].get();
  return n;
}

std::uint32_t TestCluster::connections() const {
  std::uint32_t n = 0;
  for (const auto& worker : workers_) n += worker->pipeline().connections().size();
  return n;
}

std::uint64_t TestCluster::under_way() const {
  std::uint64_t n = 0;
  for (const auto& row : between_)
    for (const rte_ring* ring : row) n += ring == nullptr ? 0 : rte_ring_count(ring);
  return n;
}

TestCluster::Flow TestCluster::flow() const {
  using C = WorkerCounters;
  Flow f;
  f.given = sum(&C::given);
  f.taken = sum(&C::taken);
  f.in = sum(&C::generated) + sum(&C::relayed) + sum(&C::split) + f.taken;
  f.out = sum(&C::punted) + sum(&C::merged) + f.given;
  for (const auto& worker : workers_) {
    f.out += worker->counters().held.get();
    for (const PortCounters& port : worker->counters().ports) {
      f.received += port.rx_packets.get();
      f.out += port.tx_packets.get();
    }
    for (const Counter& dropped : worker->counters().drops) f.out += dropped.get();
  }
  f.in += f.received;
  return f;
}

bool TestCluster::balanced() const {
  for (const auto& worker : workers_) worker->pipeline().publish_gauges();
  const Flow f = flow();
  return f.in == f.out && f.given == f.taken + under_way();
}

// Counters only grow: two looks that agree have seen one moment.
bool TestCluster::is_idle() const {
  const Flow f = flow();
  return f.received == put_in_ && f.in == f.out && f.given == f.taken && flow() == f;
}

}  // namespace spillway::test
