#include "control/neighbours/arp_packet.h"

#include <algorithm>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway {
namespace {

// Offsets from the start of the ARP packet (RFC 826).
constexpr std::size_t kOperation = 6;
constexpr std::size_t kSenderMac = 8;
constexpr std::size_t kSender = 14;
constexpr std::size_t kTargetMac = 18;
constexpr std::size_t kTarget = 24;
constexpr std::size_t kLength = 28;

/// Ethernet, IPv4, and the lengths of their addresses.
constexpr std::array<std::uint8_t, 6> kForm = {0, 1, 8, 0, 6, 4};

MacAddr read_mac(const std::uint8_t* at) noexcept {
  MacAddr mac;
  std::copy_n(at, mac.bytes.size(), mac.bytes.begin());
  return mac;
}

void write_mac(std::uint8_t* at, const MacAddr& mac) noexcept {
  std::copy(mac.bytes.begin(), mac.bytes.end(), at);
}

}  // namespace

std::optional<ArpPacket> read_arp(std::span<const std::uint8_t> frame) noexcept {
  if (frame.size() < kEtherHeader + kLength) return std::nullopt;
  if (swap16(load<std::uint16_t>(frame.data() + kEtherTypeAt)) != ethertype::arp)
    return std::nullopt;
  const std::uint8_t* arp = frame.data() + kEtherHeader;
  const std::uint16_t operation = swap16(load<std::uint16_t>(arp + kOperation));
  if (!std::equal(kForm.begin(), kForm.end(), arp) || (operation != 1 && operation != 2))
    return std::nullopt;
  ArpPacket packet;
  packet.operation = static_cast<ArpPacket::Operation>(operation);
  packet.sender_mac = read_mac(arp + kSenderMac);
  packet.sender = Ipv4Addr{load<std::uint32_t>(arp + kSender)};
  packet.target_mac = read_mac(arp + kTargetMac);
  packet.target = Ipv4Addr{load<std::uint32_t>(arp + kTarget)};
  if (packet.sender_mac.is_group() || packet.sender_mac == MacAddr{}) return std::nullopt;
  return packet;
}

std::array<std::uint8_t, kArpFrame> write_arp(const ArpPacket& packet, const MacAddr& to) noexcept {
  std::array<std::uint8_t, kArpFrame> frame{};
  write_mac(frame.data(), to);
  write_mac(frame.data() + kEtherSrc, packet.sender_mac);
  store(frame.data() + kEtherTypeAt, swap16(ethertype::arp));
  std::uint8_t* arp = frame.data() + kEtherHeader;
  std::copy(kForm.begin(), kForm.end(), arp);
  store(arp + kOperation, swap16(static_cast<std::uint16_t>(packet.operation)));
  write_mac(arp + kSenderMac, packet.sender_mac);
  store(arp + kSender, packet.sender.be);
  write_mac(arp + kTargetMac, packet.target_mac);
  store(arp + kTarget, packet.target.be);
  return frame;
}

}  // namespace spillway
