#include "control/replay/capture/lan_plan.h"

#include <algorithm>
#include <map>

namespace spillway::replay {
namespace {

constexpr Ipv4Prefix kPrivate[] = {
    {Ipv4Addr::of(10, 0, 0, 0), 8},     {Ipv4Addr::of(172, 16, 0, 0), 12},
    {Ipv4Addr::of(192, 168, 0, 0), 16}, {Ipv4Addr::of(100, 64, 0, 0), 10},
    {Ipv4Addr::of(169, 254, 0, 0), 16},
};
constexpr Ipv4Prefix kBench{Ipv4Addr::of(198, 18, 0, 0), 15};

bool contains(const auto& prefixes, Ipv4Addr a) {
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [a](const Ipv4Prefix& p) { return p.contains(a); });
}

/// Neither "this network", loopback, multicast nor reserved.
bool is_host(Ipv4Addr a) {
  const std::uint32_t top = a.host() >> 24;
  return top != 0 && top != 127 && top < 224;
}

constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15u;
  return x ^ (x >> 29);
}

/// The same for both directions.
std::uint64_t conversation(const LanPlan::Observed& p) {
  const std::uint64_t a = std::uint64_t{p.src.be} << 16 | p.src_port.be;
  const std::uint64_t b = std::uint64_t{p.dst.be} << 16 | p.dst_port.be;
  return mix(mix(std::min(a, b)) + std::max(a, b));
}

}  // namespace

LanPlan::Host& LanPlan::host(Ipv4Addr address) {
  const auto [at, fresh] = position_.try_emplace(address.be, hosts_.size());
  if (fresh) hosts_.push_back(Host{address});
  return hosts_[at->second];
}

bool LanPlan::opens(const Observed& packet) {
  constexpr std::uint8_t kSyn = 0x02;
  constexpr std::uint8_t kAck = 0x10;
  if (packet.proto == IpProto::tcp) return (packet.tcp_flags & (kSyn | kAck)) == kSyn;
  return packet.proto == IpProto::udp && udp_seen_.insert(conversation(packet)).second;
}

void LanPlan::observe(const Observed& packet) {
  const bool opening = opens(packet);
  const bool group = packet.cast == LinkCast::broadcast || packet.cast == LinkCast::multicast;
  if (is_host(packet.src)) {
    Host& src = host(packet.src);
    src.sends = true;
    ++src.packets;
    if (opening && !group && is_host(packet.dst)) ++src.opened;
  }
  if (!is_host(packet.dst)) return;
  Host& dst = host(packet.dst);
  ++dst.packets;
  dst.broadcast = dst.broadcast || group;
  if (opening && !group) ++dst.accepted;
}

bool LanPlan::is_directed_broadcast(const Host& host) const {
  if (host.sends) return false;
  if (host.broadcast) return true;
  for (const Ipv4Prefix& net : settings_.lan_nets)
    if (net.length < 31 && (host.address == net.broadcast() || host.address == net.base))
      return true;
  // Captured without a link layer, the habit of /24 networks must do.
  return (host.address.host() & 0xffu) == 0xffu && contains(kPrivate, host.address);
}

bool LanPlan::is_own(Ipv4Addr address) const {
  return contains(settings_.own, address);
}

void LanPlan::finish() {
  choose_lan();
  assign_lan();
  assign_remotes();
  udp_seen_.clear();
}

void LanPlan::choose_lan() {
  const auto any = [this](auto&& test) {
    return std::any_of(hosts_.begin(), hosts_.end(),
                       [&](const Host& h) { return !is_directed_broadcast(h) && test(h); });
  };
  const bool told = !settings_.lan_nets.empty();
  const auto is_private = [](const Host& h) { return contains(kPrivate, h.address); };
  const auto is_public = [&](const Host& h) { return !is_private(h); };
  if (!told && !(any(is_private) && any(is_public))) {
    take_initiators();
    return;
  }
  for (const Host& h : hosts_) {
    const bool chosen = told ? contains(settings_.lan_nets, h.address) : is_private(h);
    if (chosen && !is_directed_broadcast(h)) take(h);
  }
  describe(told ? "as told by --lan-net" : "private addresses beside public ones");
}

void LanPlan::take_initiators() {
  for (const Host& h : hosts_)
    if (h.opened > h.accepted && !is_directed_broadcast(h)) take(h);
  if (!lan_.empty()) {
    describe("hosts that opened more connections than were opened to them");
    return;
  }
  const auto busiest = std::max_element(
      hosts_.begin(), hosts_.end(),
      [](const Host& a, const Host& b) { return a.packets * a.sends < b.packets * b.sends; });
  if (busiest != hosts_.end() && busiest->sends) take(*busiest);
  describe("the host with the most packets, as none opened a connection");
}

/// Names the /24 networks, the most populated first.
void LanPlan::describe(const std::string& why) {
  if (lan_.empty()) {
    description_ = "no LAN host found";
    return;
  }
  std::map<Ipv4Addr, std::size_t> networks;
  for (const std::uint32_t be : lan_) ++networks[Ipv4Prefix::of(Ipv4Addr{be}, 24).base];
  std::vector<std::pair<std::size_t, Ipv4Addr>> sorted;
  for (const auto& [base, n] : networks) sorted.emplace_back(n, base);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  constexpr std::size_t kNamed = 3;
  for (std::size_t i = 0; i < std::min(kNamed, sorted.size()); ++i)
    description_ += (i > 0 ? ", " : "") + to_string(Ipv4Prefix{sorted[i].second, 24});
  if (sorted.size() > kNamed)
    description_ += " and " + std::to_string(sorted.size() - kNamed) + " networks more";
  description_ += " (" + why + ")";
}

const Ipv4Interface& LanPlan::lan_for(Ipv4Addr captured) const {
  for (const Ipv4Interface& lan : settings_.lans)
    if (lan.network().contains(captured)) return lan;
  return settings_.lans.front();
}

bool LanPlan::usable(const Ipv4Interface& lan, Ipv4Addr address) const {
  const Ipv4Prefix network = lan.network();
  const bool edge =
      network.length < 31 && (address == network.base || address == network.broadcast());
  return !edge && address != lan.address && taken_.count(address.be) == 0;
}

void LanPlan::assign_lan() {
  // Hosts that are where they belong come first: nobody may take their address.
  for (const Host& h : hosts_) {
    const Ipv4Interface& lan = lan_for(h.address);
    if (!is_lan(h.address) || !lan.network().contains(h.address) || !usable(lan, h.address))
      continue;
    taken_.insert(h.address.be);
    address_[h.address.be] = h.address;
  }
  std::map<Ipv4Addr, bool> full;  // by network, so that a full one is searched once
  for (const Host& h : hosts_) {
    if (!is_lan(h.address) || address_.count(h.address.be) != 0) continue;
    const Ipv4Interface& lan = lan_for(h.address);
    const Ipv4Prefix network = lan.network();
    if (full[network.base]) continue;
    const std::uint32_t host_mask = ~Ipv4Prefix::mask(network.length).host();
    bool found = false;
    for (std::uint32_t step = 0; step <= host_mask && !found; ++step) {
      const Ipv4Addr candidate =
          Ipv4Addr::from_host(network.base.host() | ((h.address.host() + step) & host_mask));
      found = usable(lan, candidate);
      if (!found) continue;
      taken_.insert(candidate.be);
      address_[h.address.be] = candidate;
    }
    full[network.base] = !found;
  }
}

void LanPlan::assign_remotes() {
  constexpr std::uint32_t host_mask = ~Ipv4Prefix::mask(kBench.length).host();
  for (const Host& h : hosts_)
    if (!is_lan(h.address)) taken_.insert(h.address.be);
  for (const Host& h : hosts_) {
    if (is_lan(h.address)) continue;
    if (is_directed_broadcast(h)) {
      const Ipv4Interface& lan = lan_for(h.address);
      address_[h.address.be] = lan.length < 31 ? lan.network().broadcast() : h.address;
      continue;
    }
    if (!is_own(h.address)) continue;
    for (std::uint32_t step = 0; step <= host_mask; ++step) {
      const Ipv4Addr candidate =
          Ipv4Addr::from_host(kBench.base.host() | ((h.address.host() + step) & host_mask));
      if (!taken_.insert(candidate.be).second) continue;
      address_[h.address.be] = candidate;
      break;
    }
  }
}

std::optional<Ipv4Addr> LanPlan::address(Ipv4Addr captured) const {
  const auto at = address_.find(captured.be);
  if (at != address_.end()) return at->second;
  if (is_lan(captured)) return std::nullopt;
  // Seen only inside an ICMP error: it must not turn into one of ours either.
  if (is_host(captured) && is_own(captured))
    return Ipv4Addr::from_host(kBench.base.host() |
                               (captured.host() & ~Ipv4Prefix::mask(kBench.length).host()));
  return captured;
}

}  // namespace spillway::replay
