#include "control/health/echo_probe.h"

#include <algorithm>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"
#include "dataplane/net/ip_proto.h"

namespace spillway {
namespace {

constexpr std::uint8_t kTtl = 64;
constexpr std::size_t kSequence = 6;  // in the ICMP message
constexpr std::size_t kNonce = icmp::header;
constexpr std::size_t kPayload = 16;
constexpr std::size_t kMessage = icmp::header + kPayload;
constexpr std::size_t kPacket = ipv4::min_header + kMessage;
static_assert(kEtherHeader + kPacket <= kEchoFrame);

void write_mac(std::uint8_t* at, const MacAddr& mac) noexcept {
  std::copy(mac.bytes.begin(), mac.bytes.end(), at);
}

void write_checksum(std::uint8_t* at, std::uint8_t* start, std::size_t length) noexcept {
  store(at, static_cast<std::uint16_t>(~fold(sum_bytes({start, length}))));
}

}  // namespace

std::array<std::uint8_t, kEchoFrame> write_echo(const EchoProbe& probe) noexcept {
  std::array<std::uint8_t, kEchoFrame> frame{};
  write_mac(frame.data(), probe.to_mac);
  write_mac(frame.data() + kEtherSrc, probe.from_mac);
  store(frame.data() + kEtherTypeAt, swap16(ethertype::ipv4));
  std::uint8_t* ip = frame.data() + kEtherHeader;
  ip[0] = 0x45;
  store(ip + ipv4::total_length, swap16(static_cast<std::uint16_t>(kPacket)));
  ip[ipv4::ttl] = kTtl;
  ip[ipv4::protocol] = static_cast<std::uint8_t>(IpProto::icmp);
  store(ip + ipv4::src, probe.from.be);
  store(ip + ipv4::dst, probe.to.be);
  write_checksum(ip + ipv4::checksum, ip, ipv4::min_header);
  std::uint8_t* message = ip + ipv4::min_header;
  message[0] = icmp::echo_request;
  store(message + icmp::id, swap16(probe.id));
  store(message + kSequence, swap16(probe.sequence));
  store(message + kNonce, probe.nonce);
  write_checksum(message + icmp::checksum, message, kMessage);
  return frame;
}

std::optional<EchoReply> read_echo_reply(std::span<const std::uint8_t> frame) noexcept {
  if (frame.size() < kEtherHeader + kPacket) return std::nullopt;
  const std::uint8_t* ip = frame.data() + kEtherHeader;
  const std::size_t header = (ip[0] & 0x0fu) * 4u;
  const std::size_t total = swap16(load<std::uint16_t>(ip + ipv4::total_length));
  const std::size_t there = frame.size() - kEtherHeader;
  if (header < ipv4::min_header || total > there || total < header + kMessage) return std::nullopt;
  const std::uint8_t* message = ip + header;
  if (ip[ipv4::protocol] != static_cast<std::uint8_t>(IpProto::icmp) ||
      message[0] != icmp::echo_reply || fold(sum_bytes({message, total - header})) != 0xffff)
    return std::nullopt;
  EchoReply reply;
  reply.from = Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)};
  reply.to = Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)};
  reply.id = swap16(load<std::uint16_t>(message + icmp::id));
  reply.sequence = swap16(load<std::uint16_t>(message + kSequence));
  reply.nonce = load<std::uint64_t>(message + kNonce);
  return reply;
}

std::uint64_t probe_nonce(const HashSecret& secret, UplinkId uplink, Ipv4Addr target,
                          std::uint16_t sequence) noexcept {
  const std::uint64_t what =
      std::uint64_t{target.be} << 32 | std::uint64_t{sequence} << 8 | index_of(uplink);
  return detail::fold_multiply(detail::fold_multiply(what ^ secret.a, secret.b), secret.a);
}

}  // namespace spillway
