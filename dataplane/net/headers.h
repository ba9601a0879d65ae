#pragma once
// Offsets and constants of the headers we read; packets are bytes, never cast to structs.

#include <cstddef>
#include <cstdint>

namespace spillway {

inline constexpr std::size_t kEtherHeader = 14;
inline constexpr std::size_t kEtherSrc = 6;
inline constexpr std::size_t kEtherTypeAt = 12;

/// EtherTypes in host order.
namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
inline constexpr std::uint16_t vlan = 0x8100;
inline constexpr std::uint16_t ipv6 = 0x86dd;
inline constexpr std::uint16_t qinq = 0x88a8;
}  // namespace ethertype

/// RFC 791 3.1
namespace ipv4 {
inline constexpr std::size_t min_header = 20;
inline constexpr std::size_t max_header = 60;
inline constexpr std::size_t total_length = 2;
inline constexpr std::size_t fragment = 6;
inline constexpr std::size_t ttl = 8;
inline constexpr std::size_t protocol = 9;
inline constexpr std::size_t checksum = 10;
inline constexpr std::size_t src = 12;
inline constexpr std::size_t dst = 16;
inline constexpr std::size_t options = 20;
/// More-fragments flag and offset, as loaded from memory.
inline constexpr std::uint16_t fragment_mask_be = 0xff3f;
inline constexpr std::uint8_t option_end = 0;
inline constexpr std::uint8_t option_nop = 1;
inline constexpr std::uint8_t option_lsrr = 131;
inline constexpr std::uint8_t option_ssrr = 137;
}  // namespace ipv4

/// RFC 9293 3.1
namespace tcp {
inline constexpr std::size_t min_header = 20;
inline constexpr std::size_t seq = 4;
inline constexpr std::size_t ack = 8;
inline constexpr std::size_t data_offset = 12;
inline constexpr std::size_t flags = 13;
inline constexpr std::size_t checksum = 16;
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t ack_flag = 0x10;
}  // namespace tcp

namespace udp {
inline constexpr std::size_t header = 8;
inline constexpr std::size_t length = 4;
inline constexpr std::size_t checksum = 6;
}  // namespace udp

/// RFC 792
namespace icmp {
inline constexpr std::size_t header = 8;
inline constexpr std::size_t checksum = 2;
inline constexpr std::size_t id = 4;
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t echo_request = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
inline constexpr std::uint8_t timestamp = 13;
inline constexpr std::uint8_t timestamp_reply = 14;
}  // namespace icmp

/// Queries that expect an answer with the same identifier.
constexpr bool is_icmp_request(std::uint8_t type) noexcept {
  return type == icmp::echo_request || type == icmp::timestamp;
}

}  // namespace spillway
