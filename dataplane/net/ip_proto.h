#pragma once

#include <cstdint>

namespace spillway {

/// IANA protocol numbers that we treat specially; any other value is carried by addresses alone.
enum class IpProto : std::uint8_t { icmp = 1, tcp = 6, udp = 17, dccp = 33, udp_lite = 136 };

}  // namespace spillway
