#include "tests/support/fate.h"

#include <utility>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway::test {
namespace {

std::uint16_t port_at(const Fate& fate, std::size_t of_ports) {
  const bool icmp = fate.ip()[ipv4::protocol] == 1;
  return swap16(load<std::uint16_t>(fate.ip() + 20 + (icmp ? icmp::id : of_ports)));
}

/// Only the router's own errors leave where something came in.
bool is_icmp_error(const std::vector<std::uint8_t>& frame) {
  const std::uint8_t* ip = frame.data() + kEtherHeader;
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
  return port_at(*this, 0);
}
std::uint16_t Fate::dst_port() const {
  return port_at(*this, 2);
}

void note_sent(Fate& fate, PortIndex from, Sent sent) {
  if (sent.port == from && is_icmp_error(sent.frame)) {
    fate.error = std::move(sent.frame);
    return;
  }
  fate.punted = sent.port == PortIndex::kernel;
  if (!fate.punted) fate.port = sent.port;
  fate.frame = std::move(sent.frame);
}

void assign_drops(std::vector<Fate>& fates, DropReason reason, std::uint64_t n) {
  for (Fate& fate : fates) {
    if (n == 0) return;
    if (fate.port || fate.punted || fate.dropped) continue;
    fate.dropped = reason;
    --n;
  }
}

}  // namespace spillway::test
