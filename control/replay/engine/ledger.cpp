#include "control/replay/engine/ledger.h"

#include <algorithm>

#include "dataplane/conn/flow_hash.h"
#include "dataplane/net/headers.h"

namespace spillway::replay {
namespace {

std::int64_t milliseconds(TimePoint t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

TcpSegment segment_of(const LedgerPacket& packet) {
  return TcpSegment::read(
      packet.ip + packet.parsed.l4_offset,
      static_cast<std::size_t>(packet.parsed.total_length - packet.parsed.l4_offset));
}

/// Nothing when the packet cannot open a connection.
std::optional<ConnState> opening_state(const LedgerPacket& packet, bool loose) {
  switch (packet.key.proto) {
    case IpProto::tcp: {
      const TcpOpening opening = tcp_opening(packet.parsed.tcp_flags, loose);
      if (!opening.allowed) return std::nullopt;
      return opening.state;
    }
    case IpProto::udp:
      return ConnState::udp;
    case IpProto::icmp:
      if (!is_icmp_request(packet.ip[packet.parsed.l4_offset])) return std::nullopt;
      return ConnState::icmp;
    default:
      return ConnState::generic;
  }
}

}  // namespace

Ledger::Ledger(const config::Config& config) : config_(config), admission_(config) {}

std::size_t Ledger::KeyHash::operator()(const FlowKey& key) const noexcept {
  return flow_hash(HashSecret{}, key);
}

ConnId Ledger::find_lan(const FlowKey& key) const {
  const auto at = by_lan_.find(key);
  return at == by_lan_.end() ? ConnId::none : at->second;
}

ConnId Ledger::find_wan(const FlowKey& key) const {
  const auto at = by_wan_.find(key);
  return at == by_wan_.end() ? ConnId::none : at->second;
}

bool Ledger::alive(ConnId id, TimePoint now) const {
  if (id == ConnId::none) return false;
  const LedgerConnection& c = (*this)[id];
  return !c.removed && milliseconds(now) - c.last_seen <= config_.timeouts.of(c.state);
}

Expectation Ledger::from_lan(const LedgerPacket& packet, TimePoint now) {
  const ConnId id = find_lan(packet.key);
  if (alive(id, now)) return advance(id, true, packet, now);
  // Within the LAN the answer comes in at the LAN too.
  const ConnId answered = find_lan(reversed(packet.key, Zone::lan));
  if (alive(answered, now) && (*this)[answered].within_lan)
    return advance(answered, false, packet, now);
  return first_from_lan(packet, now);
}

Expectation Ledger::from_uplink(const LedgerPacket& packet, TimePoint now) {
  const ConnId id = find_wan(packet.key);
  return alive(id, now) ? advance(id, false, packet, now) : first_from_uplink(packet, now);
}

Expectation Ledger::advance(ConnId id, bool from_lan, const LedgerPacket& packet, TimePoint now) {
  LedgerConnection& c = at(id);
  if (packet.ip[ipv4::ttl] <= 1) return Expectation::dropped(DropReason::ttl_expired);
  const Direction direction = from_lan == c.opened_by_lan ? Direction::original : Direction::reply;
  if (is_tcp(c.state)) {
    const TcpSegment segment = segment_of(packet);
    if (tcp_advance(c.state, c.progress, c.seen, direction, segment) == TcpOutcome::reopen) {
      c.removed = true;
      return from_lan ? first_from_lan(packet, now) : first_from_uplink(packet, now);
    }
  } else if (c.state == ConnState::udp && direction == Direction::reply) {
    c.state = ConnState::udp_stream;
  }
  c.last_seen = milliseconds(now);
  return Expectation::forwarded(id, c.within_lan || !from_lan);
}

Expectation Ledger::first_from_lan(const LedgerPacket& packet, TimePoint now) {
  if (const auto refusal = admission_.refusal_from_lan(packet.key))
    return Expectation::dropped(*refusal);
  LedgerConnection c;
  c.lan = packet.key;
  c.within_lan = admission_.stays_in_lan(packet.key);
  Expectation expectation = open(c, packet, now);
  if (!expectation.forward && expectation.reason == DropReason::unsolicited)
    expectation.reason = DropReason::invalid_state;
  return expectation;
}

Expectation Ledger::first_from_uplink(const LedgerPacket& packet, TimePoint now) {
  const UplinkId uplink = uplink_of(packet.key.zone);
  const Admission::Inbound inbound = admission_.from_uplink(packet.key, uplink);
  if (inbound.refusal) return Expectation::dropped(*inbound.refusal);
  LedgerConnection c;
  c.lan = reversed(inbound.lan, Zone::lan);
  c.wan = packet.key;
  c.uplink = uplink;
  c.learned = true;
  c.opened_by_lan = false;
  // Its answers would carry the 5-tuple of a connection that the LAN host opened itself.
  if (alive(find_lan(c.lan), now)) return Expectation::dropped(DropReason::port_exhausted);
  Expectation expectation = open(c, packet, now);
  if (expectation.forward) by_wan_[c.wan] = expectation.connection;
  return expectation;
}

Expectation Ledger::open(LedgerConnection c, const LedgerPacket& packet, TimePoint now) {
  if (packet.ip[ipv4::ttl] <= 1) return Expectation::dropped(DropReason::ttl_expired);
  const auto state = opening_state(packet, config_.tcp_loose);
  if (!state) return Expectation::dropped(DropReason::unsolicited);
  c.state = *state;
  c.last_seen = milliseconds(now);
  if (packet.key.proto == IpProto::tcp) tcp_begin(segment_of(packet), c.progress, c.seen);
  const auto id = static_cast<ConnId>(connections_.size());
  connections_.push_back(c);
  by_lan_[c.lan] = id;
  Expectation expectation = Expectation::forwarded(id, c.within_lan || !c.opened_by_lan);
  expectation.opens = true;
  return expectation;
}

bool Ledger::learn(ConnId id, UplinkId uplink, const FlowKey& wan, TimePoint now) {
  const ConnId owner = find_wan(wan);
  const bool free = owner == id || !alive(owner, now);
  LedgerConnection& c = at(id);
  c.uplink = uplink;
  c.wan = wan;
  c.learned = true;
  by_wan_[wan] = id;
  return free;
}

void Ledger::remove(ConnId id) {
  at(id).removed = true;
}

std::size_t Ledger::of_host(Ipv4Addr host, TimePoint now, std::int64_t grace_ms) const {
  const TimePoint then = now - std::chrono::milliseconds(grace_ms);
  std::size_t n = 0;
  for (std::size_t i = 0; i < connections_.size(); ++i)
    n += connections_[i].opened_by_lan && connections_[i].lan.src == host &&
         alive(static_cast<ConnId>(i), then);
  return n;
}

std::size_t Ledger::towards(const FlowKey& lan, TimePoint now, std::int64_t grace_ms) const {
  const TimePoint then = now - std::chrono::milliseconds(grace_ms);
  std::size_t n = 0;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    const FlowKey& other = connections_[i].lan;
    n += other.dst == lan.dst && other.dst_port == lan.dst_port && other.proto == lan.proto &&
         alive(static_cast<ConnId>(i), then);
  }
  return n;
}

}  // namespace spillway::replay
