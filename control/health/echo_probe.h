#pragma once
// ICMP echo as a probe (RFC 792), and how its answer is told from any other (R34).

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/conn/flow_hash.h"
#include "dataplane/net/addr.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// A whole Ethernet frame without FCS, minimum length.
inline constexpr std::size_t kEchoFrame = 60;

struct EchoProbe {
  MacAddr from_mac;
  MacAddr to_mac;
  Ipv4Addr from;
  Ipv4Addr to;
  std::uint16_t id = 0;  ///< host order
  std::uint16_t sequence = 0;
  std::uint64_t nonce = 0;
};

/// Thread contract: any.
std::array<std::uint8_t, kEchoFrame> write_echo(const EchoProbe& probe) noexcept;

struct EchoReply {
  Ipv4Addr from;
  Ipv4Addr to;
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  std::uint64_t nonce = 0;
};

/// Reads a whole frame; nothing when it is no echo reply that carries a nonce, or its checksum is
/// wrong. Thread contract: any.
std::optional<EchoReply> read_echo_reply(std::span<const std::uint8_t> frame) noexcept;

/// What only the router can know of a probe, so that nobody answers what he has not seen.
std::uint64_t probe_nonce(const HashSecret& secret, UplinkId uplink, Ipv4Addr target,
                          std::uint16_t sequence) noexcept;

}  // namespace spillway
