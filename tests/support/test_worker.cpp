#include "tests/support/test_worker.h"

#include <gtest/gtest.h>
#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/support/buffers.h"
#include "tests/support/living.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr auto kAnySocket = static_cast<unsigned>(SOCKET_ID_ANY);
constexpr unsigned kRing = 256;

rte_ring* create_ring(unsigned room) {
  return rte_ring_create(unique_name("ring").c_str(), room, SOCKET_ID_ANY, 0);
}

rte_ring* create_note_ring() {
  return rte_ring_create_elem(unique_name("notes").c_str(), sizeof(NeighbourNote), kRing,
                              SOCKET_ID_ANY, 0);
}

Bytes taken(rte_mbuf* packet) {
  Bytes bytes = bytes_of(packet);
  rte_pktmbuf_free(packet);
  return bytes;
}

PipelineSettings settings_for(const ControlRings& rings, std::uint32_t connections) {
  PipelineSettings settings;
  settings.table.name = unique_name("worker");
  settings.table.capacity = connections;
  settings.table.socket = SOCKET_ID_ANY;
  settings.rings = rings;
  return settings;
}

}  // namespace

RingDevice::RingDevice(unsigned room, rte_mempool* pool)
    : in_(create_ring(kRing)), out_(create_ring(room)) {
  const std::string name = unique_name("dev");
  id_ = static_cast<std::uint16_t>(rte_eth_from_rings(name.c_str(), &in_, 1, &out_, 1, kAnySocket));
  const rte_eth_conf conf{};
  rte_eth_dev_configure(id_, 1, 1, &conf);
  rte_eth_rx_queue_setup(id_, 0, 64, kAnySocket, nullptr, pool);
  rte_eth_tx_queue_setup(id_, 0, 64, kAnySocket, nullptr);
  rte_eth_dev_start(id_);
}

RingDevice::~RingDevice() {
  while (rte_mbuf* packet = next_sent()) rte_pktmbuf_free(packet);
  rte_eth_dev_info info{};
  rte_eth_dev_info_get(id_, &info);
  rte_eth_dev_stop(id_);
  rte_dev_remove(const_cast<rte_device*>(info.device));
  rte_ring_free(in_);
  rte_ring_free(out_);
}

void RingDevice::receive(rte_mbuf* packet) {
  if (rte_ring_enqueue(in_, packet) != 0) throw std::runtime_error("no room in the device");
}

rte_mbuf* RingDevice::next_sent() {
  void* packet = nullptr;
  return rte_ring_dequeue(out_, &packet) == 0 ? static_cast<rte_mbuf*>(packet) : nullptr;
}

TestWorker::TestWorker() : TestWorker(Options{.config = seed_config()}) {}

TestWorker::TestWorker(Options options)
    : pool_(create_pool("packets", 1023, RTE_MBUF_DEFAULT_BUF_SIZE)),
      snapshots_(std::make_unique<ConfigSnapshot>(std::move(options.config)), 1) {
  rings_.punt = create_ring(kRing);
  rings_.arp = create_ring(kRing);
  rings_.from_kernel = create_ring(kRing);
  rings_.transmit = create_ring(kRing);
  rings_.wanted = create_note_ring();
  rings_.known = create_note_ring();
  rings_.queries = options.queries;
  PipelineSettings settings = settings_for(rings_, options.connections);
  if (options.with_fragments) {
    fragment_headers_ = create_pool("headers", 511, options.header_bytes);
    fragment_bodies_ = create_pool("bodies", 511, 0);
    settings.fragment_headers = fragment_headers_;
    settings.fragment_bodies = fragment_bodies_;
  }
  if (options.tells_hosts) settings.packets = pool_;
  worker_ = std::make_unique<Worker>(0, settings, snapshots_, active);
  worker_->pipeline().set_port(PortIndex::kernel, {Zone::kernel, kRouterMac, UINT16_MAX});
  ActiveWord word;
  word.active = kIsp1;
  word.usable = UplinkSet::first(2);
  active.publish(word);
}

TestWorker::~TestWorker() {
  EXPECT_TRUE(balanced()) << "R42";
  worker_->pipeline().drain();
  EXPECT_TRUE(balanced()) << "R42, after draining";
  EXPECT_TRUE(living_counted(worker_->pipeline())) << "R42, connections by state";
  for (RingDevice& device : devices_) sent(device);
  punted();
  EXPECT_EQ(buffers_in_use(), 0u) << "R45: no buffer is lost";
  worker_.reset();
  devices_.clear();
  for (rte_ring* ring :
       {rings_.punt, rings_.arp, rings_.from_kernel, rings_.transmit, rings_.wanted, rings_.known})
    rte_ring_free(ring);
  for (rte_mempool* pool : {pool_, fragment_headers_, fragment_bodies_}) rte_mempool_free(pool);
}

RingDevice& TestWorker::add_device(unsigned room) {
  return devices_.emplace_back(room, pool_);
}

void TestWorker::add_port(const RingDevice& device, PortIndex index, Zone zone, WorkerPort rest,
                          std::uint16_t mtu) {
  rest.ethdev = device.id();
  rest.index = index;
  worker_->add_port(rest, {zone, kRouterMac, mtu});
}

void TestWorker::add_usual_ports() {
  add_port(add_device(), kLan, Zone::lan);
  add_port(add_device(), kWan1, zone_of(kIsp1));
  add_port(add_device(), kWan2, zone_of(kIsp2));
  learn(kLan, kHost);
  learn(kWan1, kIsp1Gateway);
  learn(kWan2, kIsp2Gateway);
}

void TestWorker::learn(PortIndex port, Ipv4Addr address) {
  auto& n = worker_->pipeline().neighbours();
  n.resolve(n.find_or_add(port, address), mac_of(address));
}

void TestWorker::receive(RingDevice& device, const Bytes& frame, std::size_t piece) {
  device.receive(load(pool_, frame, piece));
}

void TestWorker::hand_over(rte_ring* ring, const Bytes& frame, PortIndex port) {
  rte_mbuf* packet = load(pool_, frame);
  packet->port = static_cast<std::uint16_t>(port);
  if (rte_ring_enqueue(ring, packet) != 0) throw std::runtime_error("no room in the ring");
}

void TestWorker::tell(NeighbourNote::Kind kind, PortIndex port, Ipv4Addr address) const {
  NeighbourNote note{address, mac_of(address), port, kind};
  rte_ring_enqueue_elem(rings_.known, &note, sizeof note);
}

std::vector<Bytes> TestWorker::sent(RingDevice& device) {
  std::vector<Bytes> frames;
  while (rte_mbuf* packet = device.next_sent()) frames.push_back(taken(packet));
  return frames;
}

std::vector<Bytes> TestWorker::punted() {
  std::vector<Bytes> frames;
  for (rte_ring* ring : {rings_.arp, rings_.punt}) {
    void* packet = nullptr;
    while (rte_ring_dequeue(ring, &packet) == 0)
      frames.push_back(taken(static_cast<rte_mbuf*>(packet)));
  }
  return frames;
}

std::uint64_t TestWorker::drops(DropReason reason) {
  return worker_->counters().drops[index_of(reason)].get();
}

std::uint32_t TestWorker::buffers_in_use() const {
  std::uint32_t n = 0;
  for (const rte_mempool* pool : {pool_, fragment_headers_, fragment_bodies_})
    if (pool != nullptr) n += rte_mempool_in_use_count(pool);
  return n;
}

bool TestWorker::balanced() {
  const WorkerCounters& c = worker_->counters();
  std::uint64_t in = c.generated.get() + c.relayed.get() + c.split.get();
  std::uint64_t out = c.punted.get() + c.merged.get() + worker_->held();
  for (const PortCounters& port : c.ports) {
    in += port.rx_packets.get();
    out += port.tx_packets.get();
  }
  for (const Counter& dropped : c.drops) out += dropped.get();
  return in == out;
}

}  // namespace spillway::test
