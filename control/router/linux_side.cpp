#include "control/router/linux_side.h"

#include <rte_mbuf.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "control/neighbours/arp_packet.h"
#include "control/router/companion.h"
#include "control/router/frames_out.h"
#include "dataplane/net/headers.h"
#include "dataplane/path/frame.h"

namespace spillway {
namespace {

constexpr std::size_t kAtOnce = 64;
constexpr std::size_t kLongestFrame = 65535;

/// What Linux must be told of an interface that carries nothing but the router's own traffic.
void tame(linux_side::Sysctls& sysctls, const std::string& name) {
  // The router speaks no IPv6; packets come by one companion and are answered by another.
  sysctls.set("net/ipv6/conf/" + name + "/disable_ipv6", "1");
  sysctls.set("net/ipv4/conf/" + name + "/rp_filter", "2");
}

bool is(std::span<const std::uint8_t> frame, std::uint16_t type) {
  return swap16(load<std::uint16_t>(frame.data() + kEtherTypeAt)) == type;
}

bool is_to(std::span<const std::uint8_t> frame, const MacAddr& mac) {
  return std::equal(mac.bytes.begin(), mac.bytes.end(), frame.begin());
}

Ipv4Addr source_of(std::span<const std::uint8_t> frame) {
  return Ipv4Addr{load<std::uint32_t>(frame.data() + kEtherHeader + ipv4::src)};
}

}  // namespace

LinuxSide::LinuxSide(boost::asio::io_context& loop, const RouterPorts& ports,
                     linux_side::Netlink& netlink, const WorkerGroup& workers,
                     const PacketPools& pools, ControlCounters& counters)
    : ports_(ports),
      netlink_(netlink),
      workers_(workers),
      pools_(pools),
      counters_(counters),
      room_(kLongestFrame) {
  for (const RouterPort& port : ports.all())
    if (port.companion) add(loop, port);
}

LinuxSide::~LinuxSide() = default;

void LinuxSide::add(boost::asio::io_context& loop, const RouterPort& port) {
  auto companion = std::make_unique<Companion>(loop, port);
  tame(companion->sysctls, port.name);
  netlink_.set_up(port.name, port.mtu);
  netlink_.add_address(port.name, port.interface);
  wait_for(*companion);
  companions_.push_back(std::move(companion));
}

void LinuxSide::wait_for(Companion& companion) {
  companion.readable.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                [this, &companion](const boost::system::error_code& error) {
                                  if (error) return;
                                  read_all(companion);
                                  wait_for(companion);
                                });
}

void LinuxSide::read_all(Companion& companion) {
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    const std::size_t n = companion.tap.read(room_);
    if (n == 0) return;
    ++counters_.from_linux;
    take(companion, std::span(room_).first(n));
  }
}

void LinuxSide::take(Companion& companion, std::span<const std::uint8_t> frame) {
  if (frame.size() < kEtherHeader + ipv4::min_header)
    counters_.drop_out(DropReason::runt_frame);
  else if (is(frame, ethertype::arp))
    answer_arp(companion, frame);
  else if (!is(frame, ethertype::ipv4))
    counters_.drop_out(is(frame, ethertype::ipv6) ? DropReason::ipv6 : DropReason::non_ip);
  else if (is_to(frame, kRouterAsSeenByLinux))
    route(frame);
  else
    take_group(companion, frame);
}

/// To a group, or to a station that Linux knows by itself (a DHCP server's answer to a host without
/// an address): sent as it is. By an uplink nothing leaves but with the uplink's address, or none
/// yet (R23).
void LinuxSide::take_group(const Companion& companion, std::span<const std::uint8_t> frame) {
  const Ipv4Addr src = source_of(frame);
  const bool allowed = !is_uplink(companion.port.zone) || src == Ipv4Addr{} ||
                       src == companion.port.interface.address;
  if (!allowed)
    counters_.drop_out(DropReason::martian_source);
  else if (!transmit(*workers_.links().front(), pools_, companion.port.index, frame, counters_))
    counters_.drop_out(DropReason::punt_ring_full);
}

void LinuxSide::answer_arp(Companion& companion, std::span<const std::uint8_t> frame) {
  ++counters_.answered;
  const auto question = read_arp(frame);
  // An announcement of its own address, or a probe for it, needs no answer.
  if (!question || question->operation != ArpPacket::Operation::request ||
      question->target == companion.port.interface.address || question->is_gratuitous())
    return;
  const ArpPacket answer{ArpPacket::Operation::reply, kRouterAsSeenByLinux, question->target,
                         question->sender_mac, question->sender};
  auto bytes = write_arp(answer, question->sender_mac);
  const iovec part{bytes.data(), bytes.size()};
  companion.tap.write(std::span(&part, 1));
}

void LinuxSide::route(std::span<const std::uint8_t> frame) {
  rte_mbuf* packet = make_packet(pools_, frame);
  if (packet != nullptr && workers_.keeper(frame).route(packet)) {
    ++counters_.routed;
    return;
  }
  rte_pktmbuf_free(packet);
  counters_.drop_out(DropReason::punt_ring_full);
}

}  // namespace spillway
