#pragma once
// Every reason for which a packet ends inside the router, in one list: counters, reports and tests
// are generated from it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spillway {

// clang-format off
#define SPILLWAY_DROP_REASONS(X)                                                                 \
  X(runt_frame, "shorter than an Ethernet header")                                               \
  X(not_for_us, "unicast frame addressed to another station")                                    \
  X(vlan_tagged, "VLAN tag on a port without sub-interfaces")                                     \
  X(ipv6, "IPv6 is not forwarded")                                                               \
  X(non_ip, "EtherType that is neither IPv4, IPv6 nor ARP")                                      \
  X(punt_arp, "ARP handed to the control core, which had no use for it")                          \
  X(punt_local, "addressed to the router, which has no such service")                            \
  X(bad_ip_header, "IPv4 version, header or total length invalid (RFC 1812 5.2.2)")               \
  X(bad_ip_checksum, "IPv4 header checksum wrong (RFC 1812 5.2.2)")                              \
  X(truncated, "frame shorter than the IPv4 total length")                                       \
  X(ip_option, "source-route (RFC 1812 5.3.13.4) or malformed option")                                        \
  X(fragment, "IPv4 fragment")                                                                   \
  X(bad_l4_header, "TCP, UDP or ICMP header cut short or inconsistent")                          \
  X(unsupported_protocol, "transport whose checksum cannot follow a translation")                \
  X(martian_source, "source is not a unicast host address (RFC 1812 5.3.7)")                      \
  X(martian_destination, "destination is not routable (RFC 1812 5.3.7)")                         \
  X(broadcast, "IPv4 broadcast is not forwarded (RFC 1812 5.3.5)")                               \
  X(multicast, "IPv4 multicast is not forwarded")                                                \
  X(lan_source_outside, "source from the LAN side in no LAN prefix (BCP 38)")                     \
  X(uplink_source_inside, "source from an uplink inside a LAN prefix (BCP 38)")                   \
  X(not_translated, "from an uplink and addressed neither to it nor to a connection")             \
  X(ttl_expired, "TTL 1 or 0 on arrival")                                                        \
  X(unsolicited, "from an uplink, no connection and no port forward")                            \
  X(invalid_state, "TCP segment that cannot open a connection")                                  \
  X(icmp_unmatched, "ICMP error about no connection of ours (RFC 5508 REQ-4)")                    \
  X(bad_icmp_checksum, "checksum of an ICMP error wrong (RFC 5508 REQ-3)")                       \
  X(icmp_unsupported, "ICMP type that is not translated")                                        \
  X(policy, "a policy rule says drop")                                                           \
  X(no_uplink, "no usable uplink for a new connection")                                          \
  X(no_route, "no route in the main table")                                                      \
  X(no_neighbour, "next hop has no known MAC address")                                           \
  X(port_exhausted, "no free source port towards this remote endpoint")                          \
  X(host_limit, "the LAN host has its maximum of connections")                                   \
  X(table_full, "connection table full")                                                         \
  X(mtu_exceeded, "larger than the MTU of the egress port")                                      \
  X(headers_split, "headers spread over buffers that cannot be joined")                          \
  X(handoff_full, "ring to the worker that keeps the connection, or sends by the port, full")     \
  X(punt_ring_full, "ring to the control core full")                                             \
  X(arp_limit, "more ARP than a port may hand to the control core")                              \
  X(unsendable, "several buffers, or no room for a VLAN tag: the egress driver cannot send it")  \
  X(tx_full, "transmit queue full")                                                              \
  X(stopped, "an administrator has stopped forwarding")
// clang-format on

enum class DropReason : std::uint8_t {
#define SPILLWAY_X(name, text) name,
  SPILLWAY_DROP_REASONS(SPILLWAY_X)
#undef SPILLWAY_X
};

#define SPILLWAY_X(name, text) +1
inline constexpr std::size_t kDropReasons = 0 SPILLWAY_DROP_REASONS(SPILLWAY_X);
#undef SPILLWAY_X

struct DropReasonText {
  std::string_view name;
  std::string_view meaning;
};
inline constexpr std::array<DropReasonText, kDropReasons> kDropReasonTexts{{
#define SPILLWAY_X(name, text) {#name, text},
    SPILLWAY_DROP_REASONS(SPILLWAY_X)
#undef SPILLWAY_X
}};

constexpr std::size_t index_of(DropReason r) noexcept {
  return static_cast<std::size_t>(r);
}
constexpr std::string_view name_of(DropReason r) noexcept {
  return kDropReasonTexts[index_of(r)].name;
}

}  // namespace spillway
