#include "dataplane/net/icmp_error.h"

#include <algorithm>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"
#include "dataplane/net/ip_proto.h"

namespace spillway {
namespace {

constexpr std::uint8_t kTtl = 64;
/// Internetwork control, as RFC 1812 4.3.2.5 asks for errors.
constexpr std::uint8_t kTos = 0xc0;

void write_checksum(std::uint8_t* at, std::uint8_t* start, std::size_t length) noexcept {
  store(at, std::uint16_t{0});
  store(at, static_cast<std::uint16_t>(~fold(sum_bytes({start, length}))));
}

}  // namespace

void write_icmp_error(std::uint8_t* at, std::size_t embedded, const IcmpCause& cause, Ipv4Addr from,
                      Ipv4Addr to) noexcept {
  std::fill_n(at, kIcmpErrorHeaders, std::uint8_t{0});
  at[0] = 0x45;
  at[1] = kTos;
  store(at + ipv4::total_length, swap16(static_cast<std::uint16_t>(embedded + kIcmpErrorHeaders)));
  at[ipv4::ttl] = kTtl;
  at[ipv4::protocol] = static_cast<std::uint8_t>(IpProto::icmp);
  store(at + ipv4::src, from.be);
  store(at + ipv4::dst, to.be);
  write_checksum(at + ipv4::checksum, at, ipv4::min_header);
  std::uint8_t* message = at + ipv4::min_header;
  message[0] = cause.type;
  message[1] = cause.code;
  store(message + 6, swap16(cause.next_hop_mtu));
  write_checksum(message + icmp::checksum, message, icmp::header + embedded);
}

bool may_be_told(Ipv4Addr src, Ipv4Addr dst) noexcept {
  const auto unicast = [](Ipv4Addr a) {
    const std::uint32_t top = a.host() >> 24;
    return top != 0 && top != 127 && top < 224;
  };
  return unicast(src) && unicast(dst);
}

}  // namespace spillway
