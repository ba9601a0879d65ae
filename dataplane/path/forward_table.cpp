#include "dataplane/path/forward_table.h"

#include <algorithm>
#include <tuple>

namespace spillway {
namespace {

constexpr auto position(UplinkId uplink, IpProto proto, std::uint16_t port) noexcept {
  return std::tuple(uplink, proto, port);
}

}  // namespace

ForwardTable::ForwardTable(std::span<const PortForwardSpec> forwards)
    : sorted_(forwards.begin(), forwards.end()) {
  std::sort(sorted_.begin(), sorted_.end(), [](const auto& a, const auto& b) {
    return position(a.uplink, a.proto, a.first) < position(b.uplink, b.proto, b.first);
  });
}

std::optional<ForwardTarget> ForwardTable::find(UplinkId uplink, IpProto proto,
                                                L4Port port) const noexcept {
  const auto wanted = position(uplink, proto, port.host());
  auto beyond = std::upper_bound(sorted_.begin(), sorted_.end(), wanted,
                                 [](const auto& key, const PortForwardSpec& f) {
                                   return key < position(f.uplink, f.proto, f.first);
                                 });
  if (beyond == sorted_.begin()) return std::nullopt;
  const PortForwardSpec& f = *--beyond;
  if (f.uplink != uplink || f.proto != proto || port.host() > f.last) return std::nullopt;
  const auto offset = static_cast<std::uint16_t>(port.host() - f.first);
  return ForwardTarget{f.to, L4Port::from_host(static_cast<std::uint16_t>(f.to_port + offset))};
}

}  // namespace spillway
