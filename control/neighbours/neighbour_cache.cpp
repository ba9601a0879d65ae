#include "control/neighbours/neighbour_cache.h"

#include <algorithm>
#include <utility>

namespace spillway {
namespace {

using namespace std::chrono_literals;

/// How long an answer is good for, and how a neighbour is asked: a gateway that dies must be missed
/// soon, a thousand LAN hosts must not be asked every second.
struct Patience {
  RouterClock::duration reachable;
  RouterClock::duration between;  ///< two questions
  unsigned tries;
};
constexpr Patience kHost{30s, 1s, 3};
constexpr Patience kGateway{1s, 250ms, 4};
/// The first questions for a host that packets wait for follow each other sooner.
constexpr RouterClock::duration kFirstTries = 250ms;
constexpr unsigned kFast = 2;

constexpr const Patience& patience(const NeighbourCache::Entry& entry) noexcept {
  return entry.kept ? kGateway : kHost;
}

/// Hosts that were learned together shall not all be asked together.
RouterClock::duration jitter(Ipv4Addr address) noexcept {
  return std::chrono::milliseconds((address.host() * 0x9e3779b1u) >> 20);  // 0..4095
}

bool is_host(const Ipv4Interface& interface, Ipv4Addr address) noexcept {
  const Ipv4Prefix network = interface.network();
  if (!network.contains(address) || address == interface.address) return false;
  return network.length >= 31 || (address != network.base && address != network.broadcast());
}

}  // namespace

NeighbourCache::NeighbourCache(std::size_t capacity) : capacity_(capacity) {}

NeighbourCache::Key NeighbourCache::key_of(PortIndex port, Ipv4Addr address) noexcept {
  return Key{address.be} << 8 | index_of(port);
}

void NeighbourCache::set_port(PortIndex port, const ArpPort& facts) {
  ports_[index_of(port)].facts = facts;
  ports_[index_of(port)].used = true;
}

void NeighbourCache::keep(TimePoint now, PortIndex port, Ipv4Addr address) {
  wanted(now, port, address);
  if (Entry* entry = find_mutable(port, address)) entry->kept = true;
}

void NeighbourCache::announce(PortIndex port) {
  const ArpPort& own = ports_[index_of(port)].facts;
  frames_.push_back(
      {port,
       kBroadcastMac,
       {ArpPacket::Operation::request, own.mac, own.interface.address, {}, own.interface.address}});
}

const NeighbourCache::Entry* NeighbourCache::find(PortIndex port, Ipv4Addr address) const {
  const auto at = entries_.find(key_of(port, address));
  return at == entries_.end() ? nullptr : &at->second;
}

NeighbourCache::Entry* NeighbourCache::find_mutable(PortIndex port, Ipv4Addr address) {
  const auto at = entries_.find(key_of(port, address));
  return at == entries_.end() ? nullptr : &at->second;
}

std::vector<NeighbourCache::Entry> NeighbourCache::entries() const {
  std::vector<Entry> all;
  for (const auto& [key, entry] : entries_) all.push_back(entry);
  return all;
}

NeighbourCache::Entry& NeighbourCache::add(TimePoint now, PortIndex port, Ipv4Addr address) {
  make_room();
  Entry& entry = entries_[key_of(port, address)];
  entry.port = port;
  entry.address = address;
  entry.due = now;
  return entry;
}

/// The entry that has been silent longest makes room; never a gateway.
void NeighbourCache::make_room() {
  if (entries_.size() < capacity_) return;
  auto oldest = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (at->second.kept) continue;
    if (oldest == entries_.end() || at->second.confirmed < oldest->second.confirmed) oldest = at;
  }
  if (oldest == entries_.end()) return;
  note(oldest->second, NeighbourNote::Kind::lost);
  entries_.erase(oldest);
}

void NeighbourCache::ask(TimePoint now, Entry& entry) {
  const ArpPort& own = ports_[index_of(entry.port)].facts;
  const Patience& p = patience(entry);
  // While an answer is still likely only the host itself is asked (RFC 1122 2.3.2.1).
  const bool unicast = entry.state == State::probing && entry.tries + 1 < p.tries;
  frames_.push_back(
      {entry.port,
       unicast ? entry.mac : kBroadcastMac,
       {ArpPacket::Operation::request, own.mac, own.interface.address, {}, entry.address}});
  ++entry.tries;
  const bool first = entry.state == State::incomplete && entry.tries <= kFast;
  entry.due = now + (first ? kFirstTries : p.between);
}

void NeighbourCache::confirm(TimePoint now, Entry& entry, const MacAddr& mac) {
  const bool news = entry.state == State::incomplete || entry.mac != mac;
  entry.state = State::reachable;
  entry.mac = mac;
  entry.lost = false;
  entry.tries = 0;
  entry.confirmed = now;
  entry.due = now + patience(entry).reachable + (entry.kept ? 0ms : jitter(entry.address));
  if (news) note(entry, NeighbourNote::Kind::known);
}

/// Asks everybody again, now: what is known may no longer hold.
void NeighbourCache::verify(TimePoint now, Entry& entry) {
  if (entry.state != State::reachable) return;
  entry.state = State::probing;
  entry.tries = patience(entry).tries - 1;
  ask(now, entry);
}

void NeighbourCache::wanted(TimePoint now, PortIndex port, Ipv4Addr address) {
  if (!ports_[index_of(port)].used) return;
  if (const Entry* known = find(port, address)) {
    // The worker has forgotten it.
    if (known->state != State::incomplete) note(*known, NeighbourNote::Kind::known);
    return;
  }
  if (!is_host(ports_[index_of(port)].facts.interface, address)) {
    Entry nobody;
    nobody.port = port;
    nobody.address = address;
    note(nobody, NeighbourNote::Kind::lost);
    return;
  }
  ask(now, add(now, port, address));
}

void NeighbourCache::heard(TimePoint now, PortIndex port, const ArpPacket& packet) {
  const Port& at = ports_[index_of(port)];
  if (!at.used || packet.sender_mac == at.facts.mac) return;
  if (packet.sender == at.facts.interface.address) {
    defend(now, port, packet);
    return;
  }
  const bool for_us = packet.target == at.facts.interface.address;
  const bool question = packet.operation == ArpPacket::Operation::request;
  if (for_us && question) answer(port, packet);
  if (packet.is_probe() || !is_host(at.facts.interface, packet.sender)) return;
  if (Entry* entry = find_mutable(port, packet.sender)) {
    const bool asked = entry->state != State::reachable;
    // Who says again what is known confirms it; a change counts only as an answer.
    if (for_us && (asked || entry->mac == packet.sender_mac))
      confirm(now, *entry, packet.sender_mac);
    else if (entry->mac != packet.sender_mac)
      verify(now, *entry);
  } else if (for_us && question) {
    learn(now, port, packet);
  }
}

void NeighbourCache::answer(PortIndex port, const ArpPacket& question) {
  const ArpPort& own = ports_[index_of(port)].facts;
  frames_.push_back({port,
                     question.sender_mac,
                     {ArpPacket::Operation::reply, own.mac, own.interface.address,
                      question.sender_mac, question.sender}});
}

/// Who asks for the router will talk to it (RFC 826, packet reception).
void NeighbourCache::learn(TimePoint now, PortIndex port, const ArpPacket& question) {
  if (!ports_[index_of(port)].learning.take(Millis::of(now))) return;
  confirm(now, add(now, port, question.sender), question.sender_mac);
}

/// RFC 5227 2.4(b): one announcement against the other's claim, not a war of them.
void NeighbourCache::defend(TimePoint now, PortIndex port, const ArpPacket& packet) {
  if (!ports_[index_of(port)].defending.take(Millis::of(now))) return;
  conflicts_.push_back({port, packet.sender_mac});
  announce(port);
}

/// False when the entry has come to its end.
bool NeighbourCache::advance(TimePoint now, Entry& entry) {
  if (now < entry.due) return true;
  if (entry.state == State::reachable) {
    entry.state = State::probing;
    entry.tries = 0;
  }
  const unsigned most = patience(entry).tries + (entry.state == State::incomplete ? kFast : 0);
  if (entry.tries >= most) {
    if (!entry.lost) note(entry, NeighbourNote::Kind::lost);
    if (!entry.kept) return false;
    entry.lost = true;
    entry.state = State::incomplete;
  }
  ask(now, entry);
  return true;
}

void NeighbourCache::tick(TimePoint now) {
  for (auto at = entries_.begin(); at != entries_.end();)
    at = advance(now, at->second) ? std::next(at) : entries_.erase(at);
}

void NeighbourCache::note(const Entry& entry, NeighbourNote::Kind kind) {
  notes_.push_back({entry.address, entry.mac, entry.port, kind});
}

std::vector<ArpFrame> NeighbourCache::take_frames() {
  return std::exchange(frames_, {});
}

std::vector<NeighbourNote> NeighbourCache::take_notes() {
  return std::exchange(notes_, {});
}

std::vector<AddressConflict> NeighbourCache::take_conflicts() {
  return std::exchange(conflicts_, {});
}

}  // namespace spillway
