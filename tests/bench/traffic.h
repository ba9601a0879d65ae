#pragma once
// The traffic of the benchmarks: connections by number, and frames that belong to them.

#include <cstdint>
#include <vector>

#include "dataplane/net/headers.h"
#include "tests/support/frames.h"

namespace spillway::bench {

/// What packets are: the smallest of UDP or of TCP, or what the internet's mean is made of (simple
/// IMIX: 64, 594 and 1518 bytes with FCS, 7 : 4 : 1), every other connection TCP.
enum class Mix : std::uint8_t { udp64, tcp64, imix };

inline constexpr Ipv4Addr kUplinkAddress = Ipv4Addr::of(1, 1, 1, 32);

/// Frames without FCS.
inline constexpr std::size_t kSmallest = 60;

/// The opener's packet of the `i`-th connection: few hosts with many ports each, towards many
/// servers.
inline test::FrameSpec outbound(Mix mix, std::uint32_t i) {
  test::FrameSpec s;
  s.src = Ipv4Addr::from_host(0x0a000000u + 2 + i / 32768 % 250);
  s.src_port = static_cast<std::uint16_t>(1024 + i % 32768);
  s.dst = Ipv4Addr::from_host(0x50000000u + i / 1024);
  s.dst_port = 443;
  const bool tcp = mix == Mix::tcp64 || (mix == Mix::imix && i % 2 == 1);
  s.proto = tcp ? IpProto::tcp : IpProto::udp;
  const std::size_t headers = tcp ? 54 : 42;
  s.payload.assign(kSmallest - headers, 0);
  s.tcp_flags = spillway::tcp::syn;
  return s;
}

/// Bytes of the `n`-th frame.
inline std::size_t length_of(Mix mix, std::uint32_t n) {
  if (mix != Mix::imix) return kSmallest;
  constexpr std::size_t lengths[12] = {60, 60, 590, 60, 60, 590, 60, 1514, 590, 60, 590, 60};
  return lengths[n % 12];
}

/// A stranger's: a SYN to some port of the uplink's address.
inline test::FrameSpec scan(std::uint32_t i) {
  test::FrameSpec s;
  s.src = Ipv4Addr::from_host(0xc0000000u + i / 4096);
  s.src_port = static_cast<std::uint16_t>(40000 + i % 1000);
  s.dst = kUplinkAddress;
  s.dst_port = static_cast<std::uint16_t>(i * 7919u);
  s.proto = IpProto::tcp;
  s.tcp_flags = tcp::syn;
  s.payload.assign(6, 0);
  return s;
}

}  // namespace spillway::bench
