#pragma once
// Port forwards: what of the LAN is open to the uplinks.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/net/addr.h"
#include "dataplane/net/ip_proto.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// Ports `first`..`last` (host order) of `uplink` go to `to`, from `to_port` on one to one.
struct PortForwardSpec {
  UplinkId uplink = UplinkId::none;
  IpProto proto = IpProto::tcp;
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  Ipv4Addr to;
  std::uint16_t to_port = 0;
};

struct ForwardTarget {
  Ipv4Addr address;
  L4Port port;
};

/// Immutable; ranges of one uplink and protocol do not overlap. Thread contract: any.
class ForwardTable {
 public:
  ForwardTable() = default;
  explicit ForwardTable(std::span<const PortForwardSpec> forwards);

  std::optional<ForwardTarget> find(UplinkId uplink, IpProto proto, L4Port port) const noexcept;

 private:
  std::vector<PortForwardSpec> sorted_;
};

}  // namespace spillway
