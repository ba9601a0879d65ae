#include "tests/support/test_router.h"

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <algorithm>

#include "dataplane/net/headers.h"
#include "tests/support/buffers.h"
#include "tests/support/living.h"

namespace spillway::test {

TestRouter::TestRouter(const Options& options)
    : config(seed_config()), pool_(create_pool("pool", options.buffers, options.buffer_bytes)) {
  if (options.with_punt_ring)
    punt_ = rte_ring_create(unique_name("punt").c_str(), 64, SOCKET_ID_ANY, 0);
  if (options.wanted > 0)
    wanted_ = rte_ring_create_elem(unique_name("wanted").c_str(), sizeof(NeighbourNote),
                                   options.wanted, SOCKET_ID_ANY, RING_F_EXACT_SZ);
  if (options.with_fragments) {
    fragment_headers_ = create_pool("headers", options.fragment_buffers, 256);
    fragment_bodies_ = create_pool("bodies", options.fragment_buffers, 0);
  }
  PipelineSettings settings;
  settings.table.name = unique_name("table");
  settings.table.capacity = options.connections;
  settings.table.socket = SOCKET_ID_ANY;
  settings.table.secret = HashSecret{11, 22};
  settings.table.now = Millis::of(now_);
  settings.neighbours = options.neighbours;
  if (options.counted_hosts > 0)
    hosts_ = std::make_unique<HostCountGroup>(options.counted_hosts, 1);
  settings.hosts = hosts_.get();
  settings.rings.punt = settings.rings.arp = punt_;
  settings.rings.wanted = wanted_;
  settings.tell_senders = options.tell_senders;
  settings.fragment_headers = fragment_headers_;
  settings.fragment_bodies = fragment_bodies_;
  settings.packets = pool_;
  settings.affinity = &affinity_;
  pipeline_ = std::make_unique<Pipeline>(settings);
  pipeline_->set_port(kLan, {Zone::lan, kRouterMac, options.mtu[0]});
  pipeline_->set_port(kWan1, {zone_of(kIsp1), kRouterMac, options.mtu[1]});
  pipeline_->set_port(kWan2, {zone_of(kIsp2), kRouterMac, options.mtu[2]});
  pipeline_->set_port(PortIndex::kernel, {Zone::kernel, kRouterMac, UINT16_MAX});
  learn(kLan, kHost);
  learn(kWan1, kIsp1Gateway);
  learn(kWan2, kIsp2Gateway);
  word.active = kIsp1;
  word.usable = UplinkSet::first(2);
}

TestRouter::~TestRouter() {
  EXPECT_TRUE(balanced()) << "R42";
  pipeline_->drain();
  EXPECT_TRUE(balanced()) << "R42, after draining";
  EXPECT_TRUE(living_counted(*pipeline_)) << "R42, connections by state";
  EXPECT_EQ(buffers_in_use(), 0u) << "R45: no buffer is lost";
  pipeline_.reset();
  rte_ring_free(punt_);
  rte_ring_free(wanted_);
  for (rte_mempool* pool : {pool_, fragment_headers_, fragment_bodies_}) rte_mempool_free(pool);
}

void TestRouter::learn(PortIndex port, Ipv4Addr address) {
  auto& n = pipeline_->neighbours();
  const NextHopId id = n.find_or_add(port, address);
  if (id != NextHopId::none) n.resolve(id, mac_of(address));
}

std::vector<Fate> TestRouter::burst(PortIndex port,
                                    const std::vector<std::vector<std::uint8_t>>& frames) {
  std::vector<rte_mbuf*> packets;
  for (const auto& frame : frames) packets.push_back(load(pool_, frame));
  return run(port, packets);
}

Fate TestRouter::packet(PortIndex port, const std::vector<std::uint8_t>& frame) {
  return burst(port, {frame}).front();
}

Fate TestRouter::scattered(PortIndex port, const std::vector<std::uint8_t>& frame,
                           std::size_t piece) {
  return run(port, {load(pool_, frame, piece)}).front();
}

std::vector<Sent> TestRouter::feed(PortIndex port,
                                   const std::vector<std::vector<std::uint8_t>>& frames) {
  std::vector<Sent> sent;
  for (std::size_t at = 0; at < frames.size(); at += kBurst) {
    std::vector<rte_mbuf*> packets;
    for (std::size_t i = at; i < std::min(frames.size(), at + kBurst); ++i)
      packets.push_back(load(pool_, frames[i]));
    for (auto& emitted : process(port, packets)) sent.push_back(std::move(emitted.sent));
  }
  return sent;
}

std::vector<Sent> TestRouter::tell(NeighbourNote::Kind kind, PortIndex port, Ipv4Addr address) {
  begin();
  pipeline_->note({address, mac_of(address), port, kind});
  std::vector<Sent> sent;
  for (auto& emitted : collect()) sent.push_back(std::move(emitted.sent));
  return sent;
}

std::vector<Sent> TestRouter::order(const ConnectionOrder& order) {
  pipeline_->take(order);
  return sweep(connections().capacity());
}

std::vector<Sent> TestRouter::sweep(std::uint32_t budget) {
  begin();
  pipeline_->sweep(budget);
  std::vector<Sent> sent;
  for (auto& emitted : collect()) sent.push_back(std::move(emitted.sent));
  return sent;
}

std::vector<NeighbourNote> TestRouter::wanted() {
  std::vector<NeighbourNote> notes;
  NeighbourNote note;
  while (rte_ring_dequeue_elem(wanted_, &note, sizeof note) == 0) notes.push_back(note);
  return notes;
}

void TestRouter::begin() {
  active.publish(word);
  pipeline_->begin(now_, config, active);
}

std::vector<TestRouter::Emitted> TestRouter::process(PortIndex port,
                                                     const std::vector<rte_mbuf*>& packets) {
  begin();
  burst_.port = port;
  burst_.size = static_cast<std::uint32_t>(packets.size());
  std::copy(packets.begin(), packets.end(), burst_.packets.begin());
  pipeline_->process(burst_);
  return collect();
}

std::vector<TestRouter::Emitted> TestRouter::collect() {
  std::vector<Emitted> all;
  const auto take = [&all](PortIndex port, rte_mbuf* packet) {
    all.push_back({packet, {port, bytes_of(packet)}});
    rte_pktmbuf_free(packet);
  };
  for (const PortIndex out : {kLan, kWan1, kWan2}) {
    for (rte_mbuf* packet : pipeline_->tx().pending(out)) take(out, packet);
    sent_ += pipeline_->tx().pending(out).size();
    pipeline_->tx().clear(out);
  }
  void* punted = nullptr;
  while (punt_ != nullptr && rte_ring_dequeue(punt_, &punted) == 0)
    take(PortIndex::kernel, static_cast<rte_mbuf*>(punted));
  return all;
}

std::vector<Fate> TestRouter::run(PortIndex port, const std::vector<rte_mbuf*>& packets) {
  std::array<std::uint64_t, kDropReasons> before{};
  for (std::size_t i = 0; i < kDropReasons; ++i) before[i] = counters().drops[i].get();
  std::vector<Fate> fates(packets.size());
  for (auto& [packet, sent] : process(port, packets)) {
    const auto at = std::find(packets.begin(), packets.end(), packet) - packets.begin();
    note_sent(fates.at(static_cast<std::size_t>(at)), port, std::move(sent));
  }
  for (std::size_t i = 0; i < kDropReasons; ++i)
    assign_drops(fates, static_cast<DropReason>(i), counters().drops[i].get() - before[i]);
  return fates;
}

Fate TestRouter::from_lan(FrameSpec spec) {
  spec.dst_mac = kRouterMac;
  return packet(kLan, build_frame(spec));
}

Fate TestRouter::from_kernel(const FrameSpec& spec) {
  return packet(PortIndex::kernel, build_frame(spec));
}

Fate TestRouter::answer(const Fate& sent, FrameSpec spec) {
  spec.dst_mac = kRouterMac;
  spec.src = sent.dst();
  spec.dst = sent.src();
  spec.proto = static_cast<IpProto>(sent.ip()[ipv4::protocol]);
  spec.src_port = sent.dst_port();
  spec.dst_port = sent.src_port();
  if (spec.proto == IpProto::icmp) {
    spec.icmp_type = 0;
    spec.icmp_id = sent.src_port();
  }
  return packet(sent.punted ? PortIndex::kernel : *sent.port, build_frame(spec));
}

void TestRouter::expire(std::uint32_t budget) {
  begin();
  pipeline_->expire(budget);
}

std::uint64_t TestRouter::drops(DropReason reason) {
  return counters().drops[index_of(reason)].get();
}

std::uint32_t TestRouter::buffers_in_use() const {
  std::uint32_t n = 0;
  for (const rte_mempool* pool : {pool_, fragment_headers_, fragment_bodies_})
    if (pool != nullptr) n += rte_mempool_in_use_count(pool);
  return n;
}

bool TestRouter::balanced() {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
  for (const auto& port : counters().ports) received += port.rx_packets.get();
  for (const auto& reason : counters().drops) dropped += reason.get();
  const WorkerCounters& c = counters();
  const std::uint64_t held = pipeline_->held();
  return received + c.generated.get() + c.split.get() ==
             sent_ + dropped + c.punted.get() + c.merged.get() + held &&
         (held == 0) == (buffers_in_use() == 0);
}

}  // namespace spillway::test
