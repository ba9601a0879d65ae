#pragma once
// Internet checksums (RFC 1071) and their incremental update (RFC 1624). All sums are taken over
// 16-bit words as they lie in memory; one's-complement addition does not care about byte order
// (RFC 1071 2.B), so nothing is ever swapped.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "dataplane/net/addr.h"

namespace spillway {

/// Reads an unaligned integer; the bytes stay in network order.
template <typename T>
inline T load(const std::uint8_t* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <typename T>
inline void store(std::uint8_t* at, T value) noexcept {
  std::memcpy(at, &value, sizeof value);
}

/// One's-complement sum folded to 16 bits.
constexpr std::uint16_t fold(std::uint64_t sum) noexcept {
  sum = (sum & 0xffffffffu) + (sum >> 32);
  sum = (sum & 0xffffu) + (sum >> 16);
  sum = (sum & 0xffffu) + (sum >> 16);
  sum = (sum & 0xffffu) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

/// What to add to a checksum's complement when words change (RFC 1624 eqn. 3: ~m + m').
class ChecksumDelta {
 public:
  constexpr ChecksumDelta() noexcept = default;

  constexpr ChecksumDelta& replace(std::uint16_t before, std::uint16_t after) noexcept {
    sum_ = fold(std::uint64_t{sum_} + static_cast<std::uint16_t>(~before) + after);
    return *this;
  }
  constexpr ChecksumDelta& replace(Ipv4Addr before, Ipv4Addr after) noexcept {
    sum_ = fold(std::uint64_t{sum_} + ~before.be + after.be);
    return *this;
  }
  constexpr ChecksumDelta& replace(L4Port before, L4Port after) noexcept {
    return replace(before.be, after.be);
  }
  constexpr ChecksumDelta& operator+=(ChecksumDelta other) noexcept {
    sum_ = fold(std::uint64_t{sum_} + other.sum_);
    return *this;
  }
  /// The checksum that covers the changed words.
  constexpr std::uint16_t apply(std::uint16_t checksum) const noexcept {
    const std::uint32_t sum = static_cast<std::uint16_t>(~checksum) + std::uint32_t{sum_};
    return static_cast<std::uint16_t>(~((sum & 0xffffu) + (sum >> 16)));
  }
  /// UDP: a checksum of 0 means "none" and stays; a computed 0 is sent as 0xffff (RFC 768).
  constexpr std::uint16_t apply_udp(std::uint16_t checksum) const noexcept {
    if (checksum == 0) return 0;
    const std::uint16_t updated = apply(checksum);
    return updated == 0 ? std::uint16_t{0xffff} : updated;
  }

 private:
  std::uint16_t sum_ = 0;
};

/// The change made by decrementing the TTL, the low byte of its word in memory.
inline constexpr ChecksumDelta kTtlDecrement =
    ChecksumDelta{}.replace(std::uint16_t{1}, std::uint16_t{0});

/// Unfolded one's-complement sum of `bytes`, odd length padded with zero.
std::uint64_t sum_bytes(std::span<const std::uint8_t> bytes) noexcept;

/// Sum of the TCP/UDP pseudo header (RFC 9293 3.1); `l4_length` in bytes.
std::uint64_t sum_pseudo_header(Ipv4Addr src, Ipv4Addr dst, std::uint8_t protocol,
                                std::size_t l4_length) noexcept;

/// True when a header of `words` 32-bit words, checksum included, sums to the all-ones word.
inline bool header_checksum_ok(const std::uint8_t* header, std::size_t words) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < words; ++i) sum += load<std::uint32_t>(header + 4 * i);
  return fold(sum) == 0xffff;
}

}  // namespace spillway
