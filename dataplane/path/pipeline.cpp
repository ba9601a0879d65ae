#include "dataplane/path/pipeline.h"

#include <rte_cycles.h>
#include <rte_prefetch.h>

#include <optional>

#include "dataplane/path/frame.h"

namespace spillway {
namespace {

/// Packets whose headers are fetched ahead of the one being parsed.
constexpr std::uint32_t kParseAhead = 4;

/// What the sender of a first packet is told. Strangers learn nothing of what is behind the router
/// (R15), but that their packet has come a long way.
std::optional<IcmpCause> cause_for(DropReason reason, Zone zone) noexcept {
  if (reason == DropReason::ttl_expired) return kTtlExceeded;
  if (is_uplink(zone)) return std::nullopt;
  if (reason == DropReason::no_uplink || reason == DropReason::no_route) return kNetUnreachable;
  if (reason == DropReason::port_exhausted) return kProhibited;
  return std::nullopt;
}

}  // namespace

Pipeline::Pipeline(const PipelineSettings& settings)
    : table_(settings.table),
      neighbours_(settings.neighbours),
      hosts_(settings.hosts),
      rings_(settings.rings),
      tell_senders_(settings.tell_senders),
      makes_room_(settings.makes_room),
      affinity_(settings.affinity),
      packets_(settings.packets),
      owners_(settings.owners),
      handoff_(settings.handoff),
      self_(settings.self),
      budget_(settings.self, settings.owners != nullptr ? settings.owners->workers() : 1) {
  if (settings.fragment_headers != nullptr)
    fragments_ = std::make_unique<Fragments>(settings.fragment_headers, settings.fragment_bodies,
                                             settings.table.socket);
}

Pipeline::~Pipeline() {
  drain();
}

void Pipeline::set_port(PortIndex port, const PipelinePort& facts) noexcept {
  ports_[index_of(port)] = facts;
  neighbours_.set_port(port, facts.mac, facts.mtu);
}

void Pipeline::begin(TimePoint now, const ConfigSnapshot& config,
                     const ActiveCell& active) noexcept {
  time_ = now;
  now_ = Millis::of(now);
  config_ = &config;
  port_ = PortIndex::none;
  active_ = active.load();
  budget_.refresh(active, active_);
  resets_left_ = TxBuffers::kCapacity;
}

void Pipeline::process(Burst& burst, Origin origin) noexcept {
  refs_stale_ = false;
  stays_here_ = owners_ == nullptr || origin == Origin::worker;
  if (--until_staged_ == 0) [[unlikely]] {
    process_closely(burst, origin);
    return;
  }
  parse(burst);
  look_up(burst, origin);
  forward(burst);
}

/// The same with a look at the clock between the stages.
void Pipeline::process_closely(Burst& burst, Origin origin) noexcept {
  until_staged_ = kStagedOneIn;
  const std::uint64_t begun = rte_rdtsc();
  parse(burst);
  const std::uint64_t parsed = rte_rdtsc();
  look_up(burst, origin);
  const std::uint64_t found = rte_rdtsc();
  forward(burst);
  counters_.stage_clocks[index_of(Stage::parse)].add(parsed - begun);
  counters_.stage_clocks[index_of(Stage::look_up)].add(found - parsed);
  counters_.stage_clocks[index_of(Stage::forward)].add(rte_rdtsc() - found);
  counters_.staged_packets.add(burst.size);
}

void Pipeline::parse(Burst& burst) noexcept {
  const PipelinePort& port = ports_[index_of(burst.port)];
  port_ = burst.port;
  zone_ = port.zone;
  burst.lookups = 0;
  burst.bytes = 0;
  for (std::uint32_t i = 0; i < std::min(burst.size, kParseAhead); ++i)
    rte_prefetch0(frame_of(burst.packets[i]));
  for (std::uint32_t i = 0; i < burst.size; ++i) {
    if (i + kParseAhead < burst.size) rte_prefetch0(frame_of(burst.packets[i + kParseAhead]));
    rte_mbuf* packet = burst.packets[i];
    burst.bytes += packet->pkt_len;
    ParsedPacket& parsed = burst.parsed[i];
    if (!headers_joined(packet)) [[unlikely]] {
      parsed = ParsedPacket{};
      parsed.reason = DropReason::headers_split;
      continue;
    }
    read_frame(parsed, frame_of(packet), packet->pkt_len, port.mac);
    if (parsed.kind != PacketKind::flow) [[unlikely]]
      continue;
    const std::uint32_t at = burst.lookups++;
    burst.lookup_of[at] = static_cast<std::uint8_t>(i);
    burst.keys[at] = key_of(parsed, zone_);
    burst.hashes[at] = table_.hash(burst.keys[at]);
  }
}

void Pipeline::count_received(const Burst& burst) noexcept {
  PortCounters& counters = counters_.ports[index_of(burst.port)];
  counters.rx_packets.add(burst.size);
  counters.rx_bytes.add(burst.bytes);
}

/// Where no card has done it: gives away what other workers keep, before it is looked up in vain.
void Pipeline::sort_out(Burst& burst) noexcept {
  burst.give_away([&](rte_mbuf* packet, std::uint32_t at) noexcept {
    return hand_over(packet, burst.keys[at]);
  });
}

/// False when the packet is this worker's own.
bool Pipeline::hand_over(rte_mbuf* packet, const FlowKey& key) noexcept {
  const unsigned owner = owners_->owner(*config_, key);
  if (owner == self_) return false;
  handoff_->give(owner, packet, port_);
  return true;
}

void Pipeline::look_up(Burst& burst, Origin origin) noexcept {
  if (origin == Origin::port) count_received(burst);
  if (!stays_here_ && !ports_[index_of(burst.port)].sorted) sort_out(burst);
  if (burst.lookups == 0) return;
  table_.find_burst(burst.keys.data(), burst.hashes.data(), burst.lookups, burst.refs.data());
  for (std::uint32_t at = 0; at < burst.lookups; ++at)
    if (burst.refs[at].found()) table_.prefetch(burst.refs[at].index());
  if (!config_->forwarding) [[unlikely]]
    hold_back(burst);
}

// In the order of arrival, so that nothing within a connection is reordered.
void Pipeline::forward(Burst& burst) noexcept {
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i < burst.size; ++i) {
    rte_mbuf* packet = burst.packets[i];
    const ParsedPacket& parsed = burst.parsed[i];
    if (at < burst.lookups && burst.lookup_of[at] == i) [[likely]] {
      const FlowKey& key = burst.keys[at];
      const ConnRef ref = refs_stale_ ? table_.find(key, burst.hashes[at]) : burst.refs[at];
      ++at;
      if (ref.found()) [[likely]]
        forward_known(packet, parsed, key, ref);
      else
        forward_first(packet, parsed, key);
    } else {
      handle_special(packet, parsed);
    }
  }
}

/// Translates a packet whose connection allows it, and sends it.
inline void Pipeline::forward_along(rte_mbuf* packet, const ParsedPacket& parsed,
                                    ConnRef ref) noexcept {
  const Connection& c = table_[ref.index()];
  const std::size_t way = index_of(ref.direction());
  const NextHopId next_hop = c.next_hop[way];
  const NextHop& hop = neighbours_[next_hop];
  const bool fits = parsed.total_length <= hop.mtu;
  if (!fits && !may_be_cut(packet, parsed, hop)) [[unlikely]]
    return;
  if ((parsed.tcp_flags & tcp::syn) != 0) [[unlikely]]
    clamp_segments(packet, parsed, c);
  PacketBytes& count = table_.detail(ref.index()).count[way];
  ++count.packets;
  count.bytes += parsed.total_length;
  std::uint8_t* frame = frame_of(packet);
  apply(c.rewrite[way], frame + kEtherHeader, parsed.l4_offset, parsed.proto, c.ttl_step);
  if (!fits || !hop.resolved) [[unlikely]] {
    send(packet, parsed.total_length, next_hop);
    return;
  }
  std::memcpy(frame, hop.link.data(), hop.link.size());
  tx_.push(hop.port, packet);
}

void Pipeline::forward_known(rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key,
                             ConnRef ref) noexcept {
  Connection& c = table_[ref.index()];
  if (c.expired(now_, config_->timeouts)) [[unlikely]] {
    end_connection(ref.index());
    forward_first(packet, parsed, key);
    return;
  }
  if (frame_of(packet)[kEtherHeader + ipv4::ttl] <= c.ttl_step) [[unlikely]] {
    refuse(packet, parsed, DropReason::ttl_expired, kTtlExceeded);
    return;
  }
  if (!follow_state(ref.index(), ref.direction(), packet, parsed)) [[unlikely]] {
    end_connection(ref.index());
    forward_first(packet, parsed, key);
    return;
  }
  c.last_seen = now_;
  forward_along(packet, parsed, ref);
}

/// False when the packet opens a new connection in place of this one.
bool Pipeline::follow_state(ConnIndex index, Direction direction, const rte_mbuf* packet,
                            const ParsedPacket& parsed) noexcept {
  Connection& c = table_[index];
  if (c.state == ConnState::udp) {
    if (direction == Direction::original) return true;
    c.state = ConnState::udp_stream;
    count_moved(c, ConnState::udp);
    return true;
  }
  if (!is_tcp(c.state)) return true;
  const std::uint8_t* l4 = frame_of(packet) + kEtherHeader + parsed.l4_offset;
  const ConnState before = c.state;
  const TcpSegment segment =
      TcpSegment::read(l4, static_cast<std::size_t>(parsed.total_length - parsed.l4_offset));
  const TcpOutcome outcome = tcp_advance(c.state, c.tcp, c.tcp_seen, direction, segment);
  if (outcome == TcpOutcome::unchanged) [[likely]]
    return true;
  if (outcome == TcpOutcome::reopen) return false;
  count_moved(c, before);
  if (config_->timeouts.of(c.state) < config_->timeouts.of(before))
    table_.rearm(index, now_, config_->timeouts);
  return true;
}

void Pipeline::forward_first(rte_mbuf* packet, const ParsedPacket& parsed,
                             const FlowKey& key) noexcept {
  // An earlier packet of this burst may have opened it (R09).
  ConnRef ref = table_.find(key);
  if (is_held_back(ref)) [[unlikely]] {
    drop(packet, DropReason::stopped);
    return;
  }
  if (ref.found()) {
    forward_known(packet, parsed, key, ref);
    return;
  }
  if (!stays_here_ && hand_over(packet, key)) return;
  DropReason reason = DropReason::unsolicited;
  ref = open(packet, parsed, key, reason);
  if (ref.found()) {
    forward_along(packet, parsed, ref);
    return;
  }
  if (reason == DropReason::punt_local)
    punt(packet);
  else if (const auto cause = cause_for(reason, zone_))
    refuse(packet, parsed, reason, *cause);
  else
    drop(packet, reason);
}

void Pipeline::send(rte_mbuf* packet, std::uint16_t total_length, NextHopId next_hop) noexcept {
  const NextHop& hop = neighbours_[next_hop];
  if (!hop.resolved) [[unlikely]] {
    send_unresolved(packet, next_hop);
    return;
  }
  std::memcpy(frame_of(packet), hop.link.data(), hop.link.size());
  if (total_length > hop.mtu) [[unlikely]] {
    send_in_pieces(packet, hop);
    return;
  }
  tx_.push(hop.port, packet);
}

void Pipeline::expire(std::uint32_t budget) noexcept {
  const std::uint32_t before = table_.size();
  table_.expire(now_, budget, config_->timeouts,
                [this](const Connection& c) noexcept { forget(c); });
  counters_.expired.add(before - table_.size());
  if (!fragments_ || fragments_->held() == 0) return;
  counters_.drops[index_of(DropReason::fragment)].add(fragments_->expire(time_));
}

void Pipeline::end_connection(ConnIndex index) noexcept {
  forget(table_[index]);
  table_.remove(index, now_);
  // Its place may go to another connection before this burst is through.
  refs_stale_ = true;
}

/// Undoes what its opening counted.
void Pipeline::forget(const Connection& connection) noexcept {
  if (hosts_ != nullptr && connection.zone[0] == Zone::lan)
    hosts_->of_worker(self_).remove(connection.original_key().src);
  living(connection, connection.state).lower();
  release_next_hops(connection);
}

Gauge& Pipeline::living(const Connection& connection, ConnState state) noexcept {
  return counters_.living[index_of(connection.mark)][column_of(connection.uplink)][index_of(state)];
}

/// Its state was `from` until now.
void Pipeline::count_moved(const Connection& connection, ConnState from) noexcept {
  living(connection, from).lower();
  living(connection, connection.state).raise();
}

void Pipeline::publish_gauges() noexcept {
  counters_.held.set(held());
  counters_.connections.set(table_.size());
}

void Pipeline::drop_at(PortIndex port, rte_mbuf* packet, DropReason reason) noexcept {
  counters_.ports[index_of(port)].rx_packets.add(1);
  counters_.ports[index_of(port)].rx_bytes.add(packet->pkt_len);
  port_ = port;
  drop(packet, reason);
}

void Pipeline::drop(rte_mbuf* packet, DropReason reason) noexcept {
  counters_.drops[index_of(reason)].add(1);
  if (port_ != PortIndex::none) counters_.port_drops[index_of(port_)][index_of(reason)].add(1);
  rte_pktmbuf_free(packet);
}

}  // namespace spillway
