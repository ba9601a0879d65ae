#pragma once
// Addresses as they stand in a packet: every value here is in network byte order unless its
// accessor says otherwise, so that keys and rewrites are plain loads and stores.

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spillway {

static_assert(std::endian::native == std::endian::little, "byte-order helpers assume x86/arm64 LE");

constexpr std::uint16_t swap16(std::uint16_t v) noexcept {
  return __builtin_bswap16(v);
}
constexpr std::uint32_t swap32(std::uint32_t v) noexcept {
  return __builtin_bswap32(v);
}

/// IPv4 address, network byte order in `be`. Thread contract: any.
struct Ipv4Addr {
  std::uint32_t be = 0;

  static constexpr Ipv4Addr from_host(std::uint32_t host_order) noexcept {
    return Ipv4Addr{swap32(host_order)};
  }
  static constexpr Ipv4Addr of(unsigned a, unsigned b, unsigned c, unsigned d) noexcept {
    return from_host((a << 24) | (b << 16) | (c << 8) | d);
  }
  constexpr std::uint32_t host() const noexcept { return swap32(be); }
  constexpr bool operator==(const Ipv4Addr&) const noexcept = default;
  /// Numeric order, as a person sorts addresses.
  constexpr std::strong_ordering operator<=>(const Ipv4Addr& o) const noexcept {
    return host() <=> o.host();
  }
};

/// TCP/UDP port or ICMP identifier, network byte order in `be`.
struct L4Port {
  std::uint16_t be = 0;

  static constexpr L4Port from_host(std::uint16_t host_order) noexcept {
    return L4Port{swap16(host_order)};
  }
  constexpr std::uint16_t host() const noexcept { return swap16(be); }
  constexpr bool operator==(const L4Port&) const noexcept = default;
};

/// IPv4 prefix; `base` has no host bits set.
struct Ipv4Prefix {
  Ipv4Addr base;
  std::uint8_t length = 0;

  static constexpr Ipv4Addr mask(std::uint8_t length) noexcept {
    return Ipv4Addr::from_host(length == 0 ? 0u : ~0u << (32 - length));
  }
  static constexpr Ipv4Prefix of(Ipv4Addr any_host, std::uint8_t length) noexcept {
    return Ipv4Prefix{Ipv4Addr{any_host.be & mask(length).be}, length};
  }
  constexpr bool contains(Ipv4Addr a) const noexcept { return (a.be & mask(length).be) == base.be; }
  /// Directed broadcast address; meaningless for /31 and /32 (RFC 3021).
  constexpr Ipv4Addr broadcast() const noexcept { return Ipv4Addr{base.be | ~mask(length).be}; }
  constexpr bool operator==(const Ipv4Prefix&) const noexcept = default;
};

/// An interface's own address together with the network it is connected to.
struct Ipv4Interface {
  Ipv4Addr address;
  std::uint8_t length = 32;

  constexpr Ipv4Prefix network() const noexcept { return Ipv4Prefix::of(address, length); }
  constexpr bool operator==(const Ipv4Interface&) const noexcept = default;
};

/// Ethernet address, in wire order.
struct MacAddr {
  std::array<std::uint8_t, 6> bytes{};

  constexpr bool is_group() const noexcept { return (bytes[0] & 1u) != 0; }
  constexpr bool operator==(const MacAddr&) const noexcept = default;
};

// Text forms, for configuration and reports; never used per packet. Thread contract: any.
std::string to_string(Ipv4Addr a);
std::string to_string(const Ipv4Prefix& p);
std::string to_string(const Ipv4Interface& i);
std::string to_string(const MacAddr& m);
std::optional<Ipv4Addr> parse_ipv4(std::string_view text);
/// "a.b.c.d/len" or a bare address (as /32); refuses host bits set below the mask.
std::optional<Ipv4Prefix> parse_prefix(std::string_view text);
/// "a.b.c.d/len"; the address is the interface's own.
std::optional<Ipv4Interface> parse_interface(std::string_view text);
std::optional<MacAddr> parse_mac(std::string_view text);

}  // namespace spillway
