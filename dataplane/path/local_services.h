#pragma once
// Which of the router's own services the uplinks may reach: closed unless listed.

#include <cstdint>
#include <vector>

#include "dataplane/conn/flow_key.h"

namespace spillway {

/// Ports `first`..`last` (host order) of a protocol; for ICMP: echo.
struct LocalService {
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

  /// Whether a new connection from an uplink to the router's own port `port` is let in.
  bool is_open(IpProto proto, L4Port port) const noexcept;

 private:
  std::vector<LocalService> open_;
};

}  // namespace spillway
