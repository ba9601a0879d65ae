#include "dataplane/net/tcp_reset.h"

#include <algorithm>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"
#include "dataplane/net/ip_proto.h"

namespace spillway {
namespace {

constexpr std::uint8_t kTtl = 64;
constexpr std::uint8_t kTcp = static_cast<std::uint8_t>(IpProto::tcp);

}  // namespace

void write_tcp_reset(std::uint8_t* at, const TcpReset& reset) noexcept {
  std::fill_n(at, kTcpResetLength, std::uint8_t{0});
  at[0] = 0x45;
  store(at + ipv4::total_length, swap16(static_cast<std::uint16_t>(kTcpResetLength)));
  at[ipv4::ttl] = kTtl;
  at[ipv4::protocol] = kTcp;
  store(at + ipv4::src, reset.src.be);
  store(at + ipv4::dst, reset.dst.be);
  store(at + ipv4::checksum, static_cast<std::uint16_t>(~fold(sum_bytes({at, ipv4::min_header}))));
  std::uint8_t* segment = at + ipv4::min_header;
  store(segment, reset.src_port.be);
  store(segment + 2, reset.dst_port.be);
  store(segment + tcp::seq, swap32(reset.seq));
  store(segment + tcp::ack, swap32(reset.ack));
  segment[tcp::data_offset] = tcp::min_header / 4 << 4;
  segment[tcp::flags] = tcp::rst | tcp::ack_flag;
  const std::uint64_t sum = sum_pseudo_header(reset.src, reset.dst, kTcp, tcp::min_header) +
                            sum_bytes({segment, tcp::min_header});
  store(segment + tcp::checksum, static_cast<std::uint16_t>(~fold(sum)));
}

}  // namespace spillway
