#pragma once
// Which of the router's own services the uplinks may reach: closed unless listed.

#include <cstdint>
#include <utility>
#include <vector>

#include "dataplane/conn/flow_key.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// Ports `first`..`last` (host order) of a protocol, reached by `uplink`; for ICMP: echo.
struct LocalService {
  UplinkId uplink = UplinkId::none;  ///< none: by every one
  IpProto proto = IpProto::tcp;
  std::uint16_t first = 0;
  std::uint16_t last = 65535;
};

/// Immutable once published. Thread contract: any.
class LocalServices {
 public:
  LocalServices() = default;
  explicit LocalServices(std::vector<LocalService> open) : open_(std::move(open)) {}

  /// Whether packets to the router itself have somebody to go to.
  bool deliver = false;

  /// Whether a new connection from `uplink` to the router's own port `port` is let in.
  bool is_open(UplinkId uplink, IpProto proto, L4Port port) const noexcept;

 private:
  std::vector<LocalService> open_;
};

}  // namespace spillway
