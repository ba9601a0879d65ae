#pragma once

#include <string>

#include "dataplane/net/ip_proto.h"

namespace spillway {

/// "tcp", "udp", "icmp", or the number. Thread contract: any.
std::string protocol_name(IpProto proto);

}  // namespace spillway
