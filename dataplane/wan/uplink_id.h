#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace spillway {

/// Limit fixed by the bitmaps of the ActiveWord.
inline constexpr std::size_t kMaxUplinks = 16;

/// Position of an uplink in the configuration, from 0. People see it as n+1 (`WAN1`, `ISP_1`).
enum class UplinkId : std::uint8_t { none = 0xff };

constexpr UplinkId uplink_id(std::size_t index) noexcept {
  return static_cast<UplinkId>(index);
}
constexpr std::size_t index_of(UplinkId id) noexcept {
  return static_cast<std::size_t>(id);
}

/// A set of uplinks, one bit each. Thread contract: value type.
class UplinkSet {
 public:
  constexpr UplinkSet() noexcept = default;
  constexpr explicit UplinkSet(std::uint16_t bits) noexcept : bits_(bits) {}

  static constexpr UplinkSet first(std::size_t count) noexcept {
    return UplinkSet(static_cast<std::uint16_t>((1u << count) - 1u));
  }
  constexpr bool contains(UplinkId id) const noexcept {
    return id != UplinkId::none && ((bits_ >> index_of(id)) & 1u) != 0;
  }
  constexpr void insert(UplinkId id) noexcept {
    bits_ = static_cast<std::uint16_t>(bits_ | bit(id));
  }
  constexpr void erase(UplinkId id) noexcept {
    bits_ = static_cast<std::uint16_t>(bits_ & ~bit(id));
  }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr int size() const noexcept { return std::popcount(bits_); }
  constexpr std::uint16_t bits() const noexcept { return bits_; }
  constexpr UplinkSet operator&(UplinkSet o) const noexcept {
    return UplinkSet(static_cast<std::uint16_t>(bits_ & o.bits_));
  }
  constexpr UplinkSet operator|(UplinkSet o) const noexcept {
    return UplinkSet(static_cast<std::uint16_t>(bits_ | o.bits_));
  }
  constexpr UplinkSet operator-(UplinkSet o) const noexcept {
    return UplinkSet(static_cast<std::uint16_t>(bits_ & ~o.bits_));
  }
  constexpr bool operator==(const UplinkSet&) const noexcept = default;

 private:
  static constexpr unsigned bit(UplinkId id) noexcept { return 1u << (index_of(id) % kMaxUplinks); }

  std::uint16_t bits_ = 0;
};

}  // namespace spillway
