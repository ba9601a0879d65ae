#include "control/replay/engine/round.h"

#include <algorithm>

namespace spillway::replay {
namespace {

constexpr std::uint32_t kPorts = 65536;
constexpr std::uint32_t kFirstOfOpeners = 1024;
/// Between the ports of two rounds: hosts take neighbouring ones. A prime, so that each comes once.
constexpr std::uint64_t kStep = 7919;

L4Port moved(L4Port port, std::uint32_t first, std::uint32_t round) noexcept {
  if (port.host() < first) return port;
  const std::uint64_t at = port.host() - first + kStep * round;
  return L4Port::from_host(static_cast<std::uint16_t>(first + at % (kPorts - first)));
}

}  // namespace

void Round::renew(FlowKey& tuple) const noexcept {
  if (number_ == 0) return;
  if (tuple.proto == IpProto::icmp) {
    // Only one of both is the identifier; the other is not written.
    tuple.src_port = moved(tuple.src_port, 0, number_);
    tuple.dst_port = moved(tuple.dst_port, 0, number_);
    return;
  }
  const std::uint16_t higher = std::max(tuple.src_port.host(), tuple.dst_port.host());
  for (L4Port* port : {&tuple.src_port, &tuple.dst_port})
    if (port->host() == higher) *port = moved(*port, kFirstOfOpeners, number_);
}

}  // namespace spillway::replay
