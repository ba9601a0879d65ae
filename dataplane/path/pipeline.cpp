#include "dataplane/path/pipeline.h"

#include <rte_prefetch.h>

#include "dataplane/path/frame.h"

namespace spillway {
namespace {

/// Packets whose headers are fetched ahead of the one being parsed.
constexpr std::uint32_t kParseAhead = 4;

/// Headers that lie across buffers are joined, so that no later stage needs to ask (R25).
bool headers_joined(rte_mbuf* packet) noexcept {
  const bool whole = packet->nb_segs == 1 || packet->data_len >= kParseWindow;
  return whole || rte_pktmbuf_linearize(packet) == 0;
}

FlowKey key_of(const ParsedPacket& p, Zone zone) noexcept {
  // Two words from registers: narrow stores read back wide would stall on store forwarding.
  const std::uint64_t words[2] = {
      p.addresses, p.ports | std::uint64_t{static_cast<std::uint8_t>(p.proto)} << 32 |
                       std::uint64_t{static_cast<std::uint8_t>(zone)} << 40 |
                       std::uint64_t{static_cast<std::uint8_t>(Family::ipv4)} << 48};
  FlowKey key;
  std::memcpy(static_cast<void*>(&key), words, sizeof key);
  return key;
}

}  // namespace

Pipeline::Pipeline(const PipelineSettings& settings)
    : table_(settings.table), neighbours_(settings.neighbours), punt_ring_(settings.punt) {
  if (settings.counted_hosts > 0) hosts_ = std::make_unique<HostCounts>(settings.counted_hosts);
}

void Pipeline::set_port(PortIndex port, const PipelinePort& facts) noexcept {
  ports_[index_of(port)] = facts;
  neighbours_.set_port(port, facts.mac, facts.mtu);
}

void Pipeline::begin(TimePoint now, const ConfigSnapshot& config,
                     const ActiveCell& active) noexcept {
  now_ = Millis::of(now);
  config_ = &config;
  active_ = active.load();
  budget_.refresh(active, active_);
}

void Pipeline::process(Burst& burst) noexcept {
  refs_stale_ = false;
  parse(burst);
  look_up(burst);
  forward(burst);
}

void Pipeline::parse(Burst& burst) noexcept {
  const PipelinePort& port = ports_[index_of(burst.port)];
  zone_ = port.zone;
  burst.lookups = 0;
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < std::min(burst.size, kParseAhead); ++i)
    rte_prefetch0(frame_of(burst.packets[i]));
  for (std::uint32_t i = 0; i < burst.size; ++i) {
    if (i + kParseAhead < burst.size) rte_prefetch0(frame_of(burst.packets[i + kParseAhead]));
    rte_mbuf* packet = burst.packets[i];
    bytes += packet->pkt_len;
    ParsedPacket& parsed = burst.parsed[i];
    if (!headers_joined(packet)) [[unlikely]] {
      parsed = ParsedPacket{};
      parsed.reason = DropReason::headers_split;
      continue;
    }
    parsed = parse_frame(frame_of(packet), packet->pkt_len, port.mac);
    if (parsed.kind != PacketKind::flow) [[unlikely]]
      continue;
    const std::uint32_t at = burst.lookups++;
    burst.lookup_of[at] = static_cast<std::uint8_t>(i);
    burst.keys[at] = key_of(parsed, zone_);
    burst.hashes[at] = table_.hash(burst.keys[at]);
  }
  PortCounters& counters = counters_.ports[index_of(burst.port)];
  counters.rx_packets.add(burst.size);
  counters.rx_bytes.add(bytes);
}

void Pipeline::look_up(Burst& burst) noexcept {
  if (burst.lookups == 0) return;
  table_.find_burst(burst.keys.data(), burst.hashes.data(), burst.lookups, burst.refs.data());
  for (std::uint32_t at = 0; at < burst.lookups; ++at)
    if (burst.refs[at].found()) table_.prefetch(burst.refs[at].index());
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

void Pipeline::forward_known(rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key,
                             ConnRef ref) noexcept {
  Connection& c = table_[ref.index()];
  if (c.expired(now_, config_->timeouts)) [[unlikely]] {
    end_connection(ref.index());
    forward_first(packet, parsed, key);
    return;
  }
  std::uint8_t* ip = frame_of(packet) + kEtherHeader;
  if (ip[ipv4::ttl] <= 1) [[unlikely]] {
    drop(packet, DropReason::ttl_expired);
    return;
  }
  const Direction direction = ref.direction();
  if (!follow_state(ref.index(), direction, packet, parsed)) [[unlikely]] {
    end_connection(ref.index());
    forward_first(packet, parsed, key);
    return;
  }
  c.last_seen = now_;
  PacketBytes& count = table_.detail(ref.index()).count[index_of(direction)];
  ++count.packets;
  count.bytes += parsed.total_length;
  apply(c.rewrite[index_of(direction)], ip, parsed.l4_offset, parsed.proto);
  send(packet, parsed, c.next_hop[index_of(direction)]);
}

/// False when the packet opens a new connection in place of this one.
bool Pipeline::follow_state(ConnIndex index, Direction direction, const rte_mbuf* packet,
                            const ParsedPacket& parsed) noexcept {
  Connection& c = table_[index];
  if (c.state == ConnState::udp) {
    if (direction == Direction::reply) c.state = ConnState::udp_stream;
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
  if (config_->timeouts.of(c.state) < config_->timeouts.of(before))
    table_.rearm(index, now_, config_->timeouts);
  return true;
}

void Pipeline::forward_first(rte_mbuf* packet, const ParsedPacket& parsed,
                             const FlowKey& key) noexcept {
  // An earlier packet of this burst may have opened it (R09).
  ConnRef ref = table_.find(key);
  if (ref.found()) {
    forward_known(packet, parsed, key, ref);
    return;
  }
  DropReason reason = DropReason::unsolicited;
  ref = open(packet, parsed, key, reason);
  if (!ref.found()) {
    if (reason == DropReason::punt_local)
      punt(packet);
    else
      drop(packet, reason);
    return;
  }
  const Connection& c = table_[ref.index()];
  PacketBytes& count = table_.detail(ref.index()).count[0];
  ++count.packets;
  count.bytes += parsed.total_length;
  apply(c.rewrite[0], frame_of(packet) + kEtherHeader, parsed.l4_offset, parsed.proto);
  send(packet, parsed, c.next_hop[0]);
}

void Pipeline::send(rte_mbuf* packet, const ParsedPacket& parsed, NextHopId next_hop) noexcept {
  const NextHop& hop = neighbours_[next_hop];
  if (!hop.resolved) [[unlikely]] {
    drop(packet, DropReason::no_neighbour);
    return;
  }
  if (parsed.total_length > hop.mtu) [[unlikely]] {
    drop(packet, DropReason::mtu_exceeded);
    return;
  }
  std::memcpy(frame_of(packet), hop.link.data(), hop.link.size());
  tx_.push(hop.port, packet);
}

void Pipeline::expire(std::uint32_t budget) noexcept {
  const std::uint32_t before = table_.size();
  table_.expire(now_, budget, config_->timeouts, [this](const Connection& c) noexcept {
    if (hosts_ && c.zone[0] == Zone::lan) hosts_->remove(c.original_key().src);
  });
  counters_.expired.add(before - table_.size());
}

void Pipeline::end_connection(ConnIndex index) noexcept {
  const Connection& c = table_[index];
  if (hosts_ && c.zone[0] == Zone::lan) hosts_->remove(c.original_key().src);
  table_.remove(index);
  // Its place may go to another connection before this burst is through.
  refs_stale_ = true;
}

void Pipeline::drop(rte_mbuf* packet, DropReason reason) noexcept {
  counters_.drops[index_of(reason)].add(1);
  rte_pktmbuf_free(packet);
}

}  // namespace spillway
