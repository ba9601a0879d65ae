#pragma once
// ARP for IPv4 over Ethernet (RFC 826).

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/net/addr.h"

namespace spillway {

struct ArpPacket {
  enum class Operation : std::uint8_t { request = 1, reply = 2 };

  Operation operation = Operation::request;
  MacAddr sender_mac;
  Ipv4Addr sender;
  MacAddr target_mac;  ///< in a request: unknown
  Ipv4Addr target;

  /// Announces the sender itself, as a request or a reply (RFC 5227 3).
  bool is_gratuitous() const noexcept { return sender == target; }
  /// Asks whether somebody has the target, without claiming anything (RFC 5227 2.1.1).
  bool is_probe() const noexcept { return sender == Ipv4Addr{}; }
  bool operator==(const ArpPacket&) const noexcept = default;
};

inline constexpr MacAddr kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// The least an Ethernet frame may have, without FCS (IEEE 802.3 4.4.2).
inline constexpr std::size_t kArpFrame = 60;

/// Reads a whole frame; nothing when it is not well-formed ARP for IPv4 over Ethernet, or when a
/// group claims to have sent it. Thread contract: any.
std::optional<ArpPacket> read_arp(std::span<const std::uint8_t> frame) noexcept;

/// The frame that carries `packet` to the station `to`. Thread contract: any.
std::array<std::uint8_t, kArpFrame> write_arp(const ArpPacket& packet, const MacAddr& to) noexcept;

}  // namespace spillway
