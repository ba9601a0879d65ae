#pragma once
// Changes addresses and ports in captured packets so that every checksum stays exactly as right or
// as wrong as it was, and judges checksums from scratch.

#include <cstdint>
#include <span>

#include "dataplane/conn/flow_key.h"
#include "dataplane/net/parser.h"

namespace spillway::replay {

/// An IPv4 packet whose addresses lie inside; at least 20 bytes. Thread contract: any.
using Ipv4Bytes = std::span<std::uint8_t>;
using ConstIpv4Bytes = std::span<const std::uint8_t>;

Ipv4Addr source_of(ConstIpv4Bytes packet) noexcept;
Ipv4Addr destination_of(ConstIpv4Bytes packet) noexcept;

/// The 5-tuple of a parsed packet of kind `flow`, as it comes in at `zone`.
FlowKey key_of(const ParsedPacket& parsed, Zone zone) noexcept;

/// Addresses only: for packets whose transport can't be read, and the outside of ICMP errors.
void set_addresses(Ipv4Bytes packet, Ipv4Addr src, Ipv4Addr dst) noexcept;

/// Addresses and ports (the identifier for ICMP queries) of a packet that parses as `parsed`.
void set_tuple(Ipv4Bytes packet, const ParsedPacket& parsed, const FlowKey& tuple) noexcept;

/// The same for the packet that the ICMP error in `packet` embeds; the error's checksum follows.
void set_embedded(Ipv4Bytes packet, std::size_t icmp_offset, const ParsedPacket& inner,
                  const FlowKey& tuple) noexcept;

/// The IPv4 packet an ICMP error carries.
Ipv4Bytes embedded_in(Ipv4Bytes packet, std::size_t icmp_offset) noexcept;

/// How far a checksum is from right: 0 when it is right, equal for equally wrong ones.
std::uint16_t header_residual(ConstIpv4Bytes packet) noexcept;
std::uint16_t transport_residual(ConstIpv4Bytes packet, const ParsedPacket& parsed) noexcept;

/// Where the transport checksum stands, from the start of the packet; 0 when there is none.
std::size_t transport_checksum_at(const ParsedPacket& parsed) noexcept;

}  // namespace spillway::replay
