#include "tests/support/test_router.h"

#include <rte_mbuf.h>
#include <rte_ring.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

#include "dataplane/net/headers.h"
#include "dataplane/path/frame.h"

namespace spillway::test {
namespace {

constexpr MacAddr kRouterMac{{2, 0, 0, 0, 0, 1}};

std::string unique(const char* what) {
  static std::atomic<unsigned> next{0};
  return what + std::to_string(next.fetch_add(1));
}

ConfigSnapshot seed() {
  ConfigSnapshot c;
  const Ipv4Interface lan{Ipv4Addr::of(192, 168, 22, 1), 24};
  c.lans.push_back({lan, kLan});
  c.uplinks.push_back({{kIsp1Address, 24}, kIsp1Gateway, kWan1, true});
  c.uplinks.push_back({{kIsp2Address, 24}, kIsp2Gateway, kWan2, true});
  c.lan_list.prefixes = {lan.network()};
  c.connected_list.prefixes = {lan.network(), c.uplinks[0].interface.network(),
                               c.uplinks[1].interface.network()};
  c.plan.mode = BalanceMode::bandwidth;
  c.plan.uplinks = 2;
  for (std::size_t i = 0; i < 2; ++i) {
    c.plan.order[i] = c.plan.by_distance[i] = uplink_id(i);
    c.plan.weight[i] = 1;
  }
  return c;
}

/// Only the router's own errors leave where something came in.
bool is_icmp_error(const rte_mbuf* packet) {
  const std::uint8_t* ip = frame_of(packet) + 14;
  return ip[ipv4::protocol] == 1 && (ip[20] == icmp::unreachable || ip[20] == icmp::time_exceeded);
}

}  // namespace

Ipv4Addr Fate::src() const {
  return Ipv4Addr{load<std::uint32_t>(ip() + ipv4::src)};
}
Ipv4Addr Fate::dst() const {
  return Ipv4Addr{load<std::uint32_t>(ip() + ipv4::dst)};
}
std::uint16_t Fate::src_port() const {
  const bool icmp = ip()[ipv4::protocol] == 1;
  return swap16(load<std::uint16_t>(ip() + 20 + (icmp ? 4 : 0)));
}
std::uint16_t Fate::dst_port() const {
  const bool icmp = ip()[ipv4::protocol] == 1;
  return swap16(load<std::uint16_t>(ip() + 20 + (icmp ? 4 : 2)));
}

TestRouter::TestRouter(const Options& options)
    : config(seed()),
      pool_(rte_pktmbuf_pool_create(unique("pool").c_str(), 511, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
                                    SOCKET_ID_ANY)) {
  if (pool_ == nullptr) throw std::runtime_error("no packet pool");
  if (options.with_punt_ring) punt_ = rte_ring_create(unique("punt").c_str(), 64, SOCKET_ID_ANY, 0);
  PipelineSettings settings;
  settings.table.name = unique("table");
  settings.table.capacity = options.connections;
  settings.table.socket = SOCKET_ID_ANY;
  settings.table.secret = HashSecret{11, 22};
  settings.table.now = Millis::of(now_);
  settings.neighbours = options.neighbours;
  settings.counted_hosts = options.counted_hosts;
  settings.rings.punt = settings.rings.arp = punt_;
  pipeline_ = std::make_unique<Pipeline>(settings);
  pipeline_->set_port(kLan, {Zone::lan, kRouterMac, 1500});
  pipeline_->set_port(kWan1, {zone_of(kIsp1), kRouterMac, 1500});
  pipeline_->set_port(kWan2, {zone_of(kIsp2), kRouterMac, 1500});
  learn(kLan, kHost);
  learn(kWan1, kIsp1Gateway);
  learn(kWan2, kIsp2Gateway);
  word.active = kIsp1;
  word.usable = UplinkSet::first(2);
}

TestRouter::~TestRouter() {
  pipeline_.reset();
  rte_ring_free(punt_);
  rte_mempool_free(pool_);
}

void TestRouter::learn(PortIndex port, Ipv4Addr address) {
  auto& n = pipeline_->neighbours();
  const NextHopId id = n.find_or_add(port, address);
  if (id != NextHopId::none)
    n.resolve(id, MacAddr{{2, 0, 0, 0, 1, static_cast<std::uint8_t>(address.host())}});
}

std::vector<Fate> TestRouter::burst(PortIndex port,
                                    const std::vector<std::vector<std::uint8_t>>& frames) {
  std::vector<rte_mbuf*> packets;
  for (const auto& frame : frames) {
    rte_mbuf* packet = rte_pktmbuf_alloc(pool_);
    if (packet == nullptr) throw std::runtime_error("no packet buffer");
    char* room = rte_pktmbuf_append(packet, static_cast<std::uint16_t>(frame.size()));
    std::copy(frame.begin(), frame.end(), reinterpret_cast<std::uint8_t*>(room));
    packets.push_back(packet);
  }
  return run(port, std::move(packets));
}

Fate TestRouter::packet(PortIndex port, const std::vector<std::uint8_t>& frame) {
  return burst(port, {frame}).front();
}

Fate TestRouter::scattered(PortIndex port, const std::vector<std::uint8_t>& frame,
                           std::size_t piece) {
  rte_mbuf* head = nullptr;
  for (std::size_t at = 0; at < frame.size(); at += piece) {
    const std::size_t n = std::min(piece, frame.size() - at);
    rte_mbuf* part = rte_pktmbuf_alloc(pool_);
    char* room = rte_pktmbuf_append(part, static_cast<std::uint16_t>(n));
    std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(at), n,
                reinterpret_cast<std::uint8_t*>(room));
    if (head == nullptr)
      head = part;
    else if (rte_pktmbuf_chain(head, part) != 0)
      throw std::runtime_error("too many pieces");
  }
  return run(port, {head}).front();
}

std::vector<Fate> TestRouter::run(PortIndex port, std::vector<rte_mbuf*> packets) {
  active.publish(word);
  pipeline_->begin(now_, config, active);
  burst_.port = port;
  burst_.size = static_cast<std::uint32_t>(packets.size());
  std::copy(packets.begin(), packets.end(), burst_.packets.begin());
  std::array<std::uint64_t, kDropReasons> before{};
  for (std::size_t i = 0; i < kDropReasons; ++i) before[i] = pipeline_->counters().drops[i].get();
  pipeline_->process(burst_);
  std::vector<Fate> fates(packets.size());
  const auto fate_of = [&](const rte_mbuf* p) -> Fate& {
    return fates[static_cast<std::size_t>(std::find(packets.begin(), packets.end(), p) -
                                          packets.begin())];
  };
  for (const PortIndex out : {kLan, kWan1, kWan2}) {
    for (rte_mbuf* p : pipeline_->tx().pending(out)) {
      Fate& fate = fate_of(p);
      if (out == port && is_icmp_error(p)) {
        fate.error.assign(frame_of(p), frame_of(p) + p->data_len);
        rte_pktmbuf_free(p);
        ++sent_;
        continue;
      }
      fate.port = out;
      fate.frame.resize(p->pkt_len);
      std::vector<std::uint8_t> room(p->pkt_len);
      const void* bytes = rte_pktmbuf_read(p, 0, p->pkt_len, room.data());
      std::copy_n(static_cast<const std::uint8_t*>(bytes), p->pkt_len, fate.frame.begin());
      rte_pktmbuf_free(p);
      ++sent_;
    }
    pipeline_->tx().clear(out);
  }
  void* punted = nullptr;
  while (punt_ != nullptr && rte_ring_dequeue(punt_, &punted) == 0) {
    fate_of(static_cast<rte_mbuf*>(punted)).punted = true;
    rte_pktmbuf_free(static_cast<rte_mbuf*>(punted));
  }
  // Drops are not told packet by packet: the order of reasons serves where a burst has but one.
  std::size_t next = 0;
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    for (auto n = pipeline_->counters().drops[i].get() - before[i]; n > 0; --n) {
      while (fates[next].port || fates[next].punted) ++next;
      fates[next++].dropped = static_cast<DropReason>(i);
    }
  }
  return fates;
}

Fate TestRouter::from_lan(FrameSpec spec) {
  spec.dst_mac = kRouterMac;
  return packet(kLan, build_frame(spec));
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
  return packet(*sent.port, build_frame(spec));
}

void TestRouter::expire(std::uint32_t budget) {
  active.publish(word);
  pipeline_->begin(now_, config, active);
  pipeline_->expire(budget);
}

bool TestRouter::balanced() {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
  for (const auto& port : pipeline_->counters().ports) received += port.rx_packets.get();
  for (const auto& reason : pipeline_->counters().drops) dropped += reason.get();
  const WorkerCounters& c = pipeline_->counters();
  return received + c.generated.get() + c.split.get() ==
             sent_ + dropped + c.punted.get() + c.merged.get() + pipeline_->held() &&
         rte_mempool_in_use_count(pool_) == 0;
}

}  // namespace spillway::test
