#include "dataplane/net/addr.h"

#include <charconv>
#include <cstdio>

namespace spillway {
namespace {

/// One decimal or hexadecimal number that fills `text` wholly and is at most `max`.
std::optional<unsigned> whole_number(std::string_view text, unsigned max, int base = 10) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stopped != end || value > max) return std::nullopt;
  return value;
}

}  // namespace

std::string to_string(Ipv4Addr a) {
  const std::uint32_t h = a.host();
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%u.%u.%u.%u", h >> 24, (h >> 16) & 255u, (h >> 8) & 255u,
                h & 255u);
  return text.data();
}

std::string to_string(const Ipv4Prefix& p) {
  return to_string(p.base) + "/" + std::to_string(p.length);
}

std::string to_string(const Ipv4Interface& i) {
  return to_string(i.address) + "/" + std::to_string(i.length);
}

std::string to_string(const MacAddr& m) {
  const auto& b = m.bytes;
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3],
                b[4], b[5]);
  return text.data();
}

std::optional<Ipv4Addr> parse_ipv4(std::string_view text) {
  std::uint32_t host = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(0, dot);
    // A leading zero reads as octal elsewhere; refusing it avoids the ambiguity.
    if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
    const auto octet = whole_number(digits, 255);
    if (!octet) return std::nullopt;
    host = (host << 8) | *octet;
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return Ipv4Addr::from_host(host);
}

std::optional<Ipv4Interface> parse_interface(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ipv4(text.substr(0, slash));
  const auto length = whole_number(text.substr(slash + 1), 32);
  if (!address || !length) return std::nullopt;
  return Ipv4Interface{*address, static_cast<std::uint8_t>(*length)};
}

std::optional<Ipv4Prefix> parse_prefix(std::string_view text) {
  if (text.find('/') == std::string_view::npos) {
    const auto host = parse_ipv4(text);
    return host ? std::optional(Ipv4Prefix{*host, 32}) : std::nullopt;
  }
  const auto interface = parse_interface(text);
  if (!interface || interface->network().base != interface->address) return std::nullopt;
  return interface->network();
}

std::optional<MacAddr> parse_mac(std::string_view text) {
  MacAddr mac;
  if (text.size() != 17) return std::nullopt;
  for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
    if (i > 0 && text[i * 3 - 1] != ':') return std::nullopt;
    const auto byte = whole_number(text.substr(i * 3, 2), 255, 16);
    if (!byte) return std::nullopt;
    mac.bytes[i] = static_cast<std::uint8_t>(*byte);
  }
  return mac;
}

}  // namespace spillway
