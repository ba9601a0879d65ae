#include "control/config/protocol_name.h"

namespace spillway {

std::string protocol_name(IpProto proto) {
  switch (proto) {
    case IpProto::icmp:
      return "icmp";
    case IpProto::tcp:
      return "tcp";
    case IpProto::udp:
      return "udp";
    default:
      return std::to_string(static_cast<unsigned>(proto));
  }
}

}  // namespace spillway
