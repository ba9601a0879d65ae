#include "control/replay/engine/stage.h"

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_ring.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "control/replay/engine/link.h"
#include "control/snapshot.h"
#include "dataplane/path/frame.h"

namespace spillway::replay {
namespace {

constexpr unsigned kRingSize = 256;  // more than one burst can bring or send
constexpr unsigned kPoolSize = 1023;
constexpr auto kAnySocket = static_cast<unsigned>(SOCKET_ID_ANY);

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("replay: " + what + ": " + rte_strerror(rte_errno));
}

rte_ring* create_ring(const std::string& name) {
  rte_ring* ring =
      rte_ring_create(name.c_str(), kRingSize, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
  if (ring == nullptr) fail("cannot create ring " + name);
  return ring;
}

/// A tag travels with the mbuf, so that each packet that leaves is known again.
int tag_offset() {
  static const int offset = [] {
    rte_mbuf_dynfield field{};
    std::snprintf(field.name, sizeof field.name, "spillway_replay_tag");
    field.size = sizeof(std::uint32_t);
    field.align = alignof(std::uint32_t);
    const int at = rte_mbuf_dynfield_register(&field);
    if (at < 0) fail("cannot register the packet tag");
    return at;
  }();
  return offset;
}

std::uint32_t& tag_of(rte_mbuf* packet) {
  return *RTE_MBUF_DYNFIELD(packet, tag_offset(), std::uint32_t*);
}

std::uint16_t data_room(const StageSettings& settings) {
  const std::size_t wanted = settings.longest_frame + RTE_PKTMBUF_HEADROOM;
  return static_cast<std::uint16_t>(
      std::clamp<std::size_t>(wanted, RTE_MBUF_DEFAULT_BUF_SIZE, UINT16_MAX));
}

std::uint16_t link_mtu(std::uint16_t configured, const StageSettings& settings) {
  return static_cast<std::uint16_t>(
      std::max<std::size_t>(configured, settings.longest_frame - kEtherHeader));
}

}  // namespace

struct Stage::Pool {
  explicit Pool(std::uint16_t room)
      : packets(rte_pktmbuf_pool_create("replay", kPoolSize, 0, 0, room, SOCKET_ID_ANY)) {
    if (packets == nullptr) fail("cannot create the packet pool");
  }
  ~Pool() { rte_mempool_free(packets); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  rte_mempool* packets;
};

/// A pair of rings, and the ethdev over them unless it is the punt ring.
struct Stage::Port {
  explicit Port(const std::string& name)
      : in(create_ring(name + "_in")), out(create_ring(name + "_out")) {}
  ~Port() {
    if (ethdev >= 0) {
      const auto id = static_cast<std::uint16_t>(ethdev);
      rte_eth_dev_info info{};
      rte_eth_dev_info_get(id, &info);
      rte_eth_dev_stop(id);
      // Closes the port too, and frees its name for the next one.
      rte_dev_remove(const_cast<rte_device*>(info.device));
    }
    for (rte_ring* ring : {in, out}) {
      void* packet = nullptr;
      while (rte_ring_dequeue(ring, &packet) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
      rte_ring_free(ring);
    }
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  void start(const std::string& name, rte_mempool* pool) {
    ethdev = rte_eth_from_rings(name.c_str(), &in, 1, &out, 1, kAnySocket);
    if (ethdev < 0) fail("cannot create port " + name);
    const auto id = static_cast<std::uint16_t>(ethdev);
    const rte_eth_conf conf{};
    if (rte_eth_dev_configure(id, 1, 1, &conf) != 0 ||
        rte_eth_rx_queue_setup(id, 0, kRingSize, kAnySocket, nullptr, pool) != 0 ||
        rte_eth_tx_queue_setup(id, 0, kRingSize, kAnySocket, nullptr) != 0 ||
        rte_eth_dev_start(id) != 0)
      fail("cannot start port " + name);
  }

  rte_ring* in;
  rte_ring* out;
  int ethdev = -1;
};

Stage::Stage(const config::Config& config, const StageSettings& settings)
    : pool_(std::make_unique<Pool>(data_room(settings))), punt_(std::make_unique<Port>("punt")) {
  snapshots_ = std::make_unique<SnapshotCell>(compile_snapshot(config, LocalDelivery::nobody), 1);
  PipelineSettings pipeline;
  pipeline.table.name = "replay";
  pipeline.table.capacity = config.limits.connections;
  pipeline.table.socket = SOCKET_ID_ANY;
  pipeline.table.secret = settings.secret;
  pipeline.neighbours = std::min<std::size_t>(settings.neighbours, 65534);
  if (config.limits.per_lan_host > 0)
    hosts_ = std::make_unique<HostCountGroup>(config.limits.connections, 1);
  pipeline.hosts = hosts_.get();
  // The verifier's books foretell which packets find a connection; whom a full table displaces is
  // beyond them.
  pipeline.makes_room = false;
  pipeline.rings.punt = pipeline.rings.arp = punt_->out;
  pipeline.tell_senders = false;
  worker_ = std::make_unique<Worker>(0, pipeline, *snapshots_, active_);
  for (const config::Lan& lan : config.lans)
    add_port({Zone::lan, lan.mac.value_or(router_mac(port_index(ports_.size()))),
              link_mtu(lan.mtu, settings)});
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) {
    const config::Uplink& uplink = config.uplinks[i];
    add_port({zone_of(uplink_id(i)), uplink.mac.value_or(router_mac(port_index(ports_.size()))),
              link_mtu(uplink.mtu, settings)});
    introduce(port_index(ports_.size() - 1), uplink.gateway);
  }
}

Stage::~Stage() = default;

void Stage::add_port(const PipelinePort& facts) {
  const std::string name = "replay" + std::to_string(ports_.size());
  auto port = std::make_unique<Port>(name);
  port->start(name, pool_->packets);
  const WorkerPort at{.ethdev = static_cast<std::uint16_t>(port->ethdev),
                      .index = port_index(ports_.size())};
  worker_->add_port(at, facts);
  ports_.push_back(std::move(port));
  facts_.push_back(facts);
}

std::size_t Stage::memory_mib(const config::Config& config, const StageSettings& settings) {
  constexpr std::size_t bytes_per_connection = 320;  // table, keys and hash with their rounding
  const std::size_t table = std::size_t{config.limits.connections} * bytes_per_connection;
  const std::size_t packets = std::size_t{kPoolSize} * (data_room(settings) + 256u);
  return 64 + (table + packets) / (1u << 20);
}

bool Stage::introduce(PortIndex port, Ipv4Addr address) {
  NeighbourTable& neighbours = worker_->pipeline().neighbours();
  const NextHopId id = neighbours.find_or_add_host(port, address);
  if (id == NextHopId::none) return false;
  neighbours.resolve(id, station(address));
  return true;
}

void Stage::inject(PortIndex port, std::span<const std::uint8_t> frame, std::uint32_t tag) {
  rte_mbuf* packet = rte_pktmbuf_alloc(pool_->packets);
  if (packet == nullptr) fail("no packet buffer left");
  char* room = rte_pktmbuf_append(packet, static_cast<std::uint16_t>(frame.size()));
  if (room == nullptr) throw std::logic_error("replay: frame longer than announced");
  std::copy(frame.begin(), frame.end(), reinterpret_cast<std::uint8_t*>(room));
  tag_of(packet) = tag;
  if (rte_ring_enqueue(ports_[index_of(port)]->in, packet) != 0)
    throw std::logic_error("replay: more packets than a burst");
}

std::uint64_t Stage::poll(TimePoint now) {
  const std::uint64_t start = rte_rdtsc();
  worker_->poll(now);
  return rte_rdtsc() - start;
}

void Stage::collect(const std::function<void(const Sent&)>& on_sent) {
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    void* taken = nullptr;
    while (rte_ring_dequeue(ports_[i]->out, &taken) == 0) {
      auto* packet = static_cast<rte_mbuf*>(taken);
      on_sent({port_index(i), tag_of(packet), {frame_of(packet), packet->data_len}});
      rte_pktmbuf_free(packet);
    }
  }
  drop_punted();
}

// A replay has no services of its own: what was meant for them ends here, under its own reason.
void Stage::drop_punted() {
  void* taken = nullptr;
  while (rte_ring_dequeue(punt_->out, &taken) == 0) {
    auto* packet = static_cast<rte_mbuf*>(taken);
    const std::uint8_t* type = frame_of(packet) + kEtherTypeAt;
    const bool arp = swap16(load<std::uint16_t>(type)) == ethertype::arp;
    ++control_drops_[index_of(arp ? DropReason::punt_arp : DropReason::punt_local)];
    rte_pktmbuf_free(packet);
  }
}

std::uint64_t Stage::drops(DropReason reason) const {
  return counters().drops[index_of(reason)].get() + control_drops_[index_of(reason)];
}

std::uint64_t Stage::dropped() const {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < kDropReasons; ++i) n += drops(static_cast<DropReason>(i));
  return n;
}

std::uint64_t Stage::received() const {
  std::uint64_t n = 0;
  for (const PortCounters& port : counters().ports) n += port.rx_packets.get();
  return n;
}

std::uint64_t Stage::sent() const {
  std::uint64_t n = 0;
  for (const PortCounters& port : counters().ports) n += port.tx_packets.get();
  return n;
}

std::uint64_t Stage::generated() const {
  return counters().generated.get();
}

std::uint64_t Stage::held() const {
  std::uint64_t n = worker_->held() + rte_ring_count(punt_->out);
  for (const auto& port : ports_) n += rte_ring_count(port->in) + rte_ring_count(port->out);
  return n;
}

bool Stage::balanced() const {
  std::uint64_t control = 0;
  for (const std::uint64_t n : control_drops_) control += n;
  const bool all_accounted = received() + generated() == sent() + dropped() + held();
  const bool punted_accounted = counters().punted.get() == control + rte_ring_count(punt_->out);
  return all_accounted && punted_accounted && rte_mempool_in_use_count(pool_->packets) == held();
}

}  // namespace spillway::replay
