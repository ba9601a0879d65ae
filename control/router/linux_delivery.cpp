// Packets for the router itself, and Linux' routes.

#include <rte_mbuf.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "control/router/companion.h"
#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"
#include "dataplane/path/frame.h"

namespace spillway {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr std::size_t kMostSegments = 16;
constexpr std::uint32_t kLeastMetric = 1000;  // other ways to reach the machine come first
constexpr std::uint8_t kTtl = 64;

void write_address(std::uint8_t* at, const MacAddr& mac) {
  std::copy(mac.bytes.begin(), mac.bytes.end(), at);
}

/// Turns a ping into its answer. False when it is none, or not all in one buffer.
bool make_echo_reply(rte_mbuf* packet) {
  if (packet->nb_segs > 1 || packet->data_len < kEtherHeader + ipv4::min_header) return false;
  std::uint8_t* ip = frame_of(packet) + kEtherHeader;
  const std::size_t header = (ip[0] & 0x0fu) * 4u;
  const bool whole = packet->data_len >= kEtherHeader + header + icmp::header;
  if (!whole || ip[ipv4::protocol] != static_cast<std::uint8_t>(IpProto::icmp)) return false;
  std::uint8_t* message = ip + header;
  if (message[0] != icmp::echo_request) return false;
  ChecksumDelta type;
  type.replace(load<std::uint16_t>(message), std::uint16_t{icmp::echo_reply});
  store(message, std::uint16_t{icmp::echo_reply});
  store(message + icmp::checksum, type.apply(load<std::uint16_t>(message + icmp::checksum)));
  ChecksumDelta ttl;
  const auto before = load<std::uint16_t>(ip + ipv4::ttl);
  ip[ipv4::ttl] = kTtl;
  ttl.replace(before, load<std::uint16_t>(ip + ipv4::ttl));
  store(ip + ipv4::checksum, ttl.apply(load<std::uint16_t>(ip + ipv4::checksum)));
  // Both addresses change places, which leaves the header's checksum as it is.
  const auto addresses = load<std::uint64_t>(ip + ipv4::src);
  store(ip + ipv4::src, addresses >> 32 | addresses << 32);
  write_address(frame_of(packet), kRouterAsSeenByLinux);
  return true;
}

}  // namespace

std::size_t LinuxSide::poll() {
  std::size_t n = 0;
  for (const auto& link : workers_.links()) n += poll(*link);
  return n;
}

std::size_t LinuxSide::poll(WorkerLink& link) {
  std::array<rte_mbuf*, kAtOnce> room;
  const std::size_t n = link.take_punted(room);
  for (rte_mbuf* packet : std::span(room).first(n)) deliver(packet);
  return n;
}

void LinuxSide::deliver(rte_mbuf* packet) {
  const auto port = static_cast<PortIndex>(packet->port);
  if (diversion_ && diversion_(port, {frame_of(packet), packet->data_len})) {
    rte_pktmbuf_free(packet);
    return;
  }
  if (Companion* companion = companion_of(port)) {
    if (hand_over(packet, *companion))
      ++counters_.to_linux;
    else
      counters_.drop_in(DropReason::punt_local);
  } else if (echo(packet)) {
    return;
  } else {
    counters_.drop_in(DropReason::punt_local);
  }
  rte_pktmbuf_free(packet);
}

/// What a worker made for Linux itself came in by no port: any companion will do.
LinuxSide::Companion* LinuxSide::companion_of(PortIndex port) noexcept {
  for (const auto& companion : companions_)
    if (companion->port.index == port || port == PortIndex::kernel) return companion.get();
  return nullptr;
}

bool LinuxSide::hand_over(rte_mbuf* packet, Companion& companion) {
  std::uint8_t* frame = frame_of(packet);
  if ((frame[0] & 1u) == 0) write_address(frame, companion.port.device->mac());
  write_address(frame + kEtherSrc, kRouterAsSeenByLinux);
  std::array<iovec, kMostSegments> parts;
  std::size_t n = 0;
  for (rte_mbuf* part = packet; part != nullptr; part = part->next) {
    if (n == parts.size()) return false;
    parts[n++] = {frame_of(part), part->data_len};
  }
  return companion.tap.write(std::span(parts).first(n));
}

/// Where there is no companion the router answers pings itself.
bool LinuxSide::echo(rte_mbuf* packet) {
  if (!make_echo_reply(packet)) return false;
  if (!workers_.keeper({frame_of(packet), packet->data_len}).route(packet)) return false;
  ++counters_.routed;
  ++counters_.echoed;
  return true;
}

std::vector<LinuxSide::KernelRoute> LinuxSide::wanted_routes(const config::Config& config) const {
  std::vector<KernelRoute> wanted;
  for (const config::Uplink& uplink : config.uplinks)
    if (uplink.tap)
      wanted.push_back({uplink.name, {}, uplink.gateway, kLeastMetric + uplink.distance});
  for (const config::Route& route : config.lan_routes()) {
    const config::Lan& lan = config.lans[config.lan_of(route.via).value()];
    if (lan.tap) wanted.push_back({lan.name, route.to, route.via, kLeastMetric});
  }
  return wanted;
}

void LinuxSide::set_routes(const config::Config& config) {
  const std::vector<KernelRoute> wanted = wanted_routes(config);
  const auto stays = [&](const KernelRoute& r) {
    return std::find(wanted.begin(), wanted.end(), r) != wanted.end();
  };
  for (const KernelRoute& r : routes_)
    if (!stays(r)) netlink_.remove_route(r.interface, r.to, r.via, r.metric);
  for (const KernelRoute& r : wanted) netlink_.add_route(r.interface, r.to, r.via, r.metric);
  routes_ = wanted;
}

}  // namespace spillway
