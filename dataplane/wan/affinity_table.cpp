#include "dataplane/wan/affinity_table.h"

#include <bit>

namespace spillway {
namespace {

// A word: 32 bits of the host, 27 of the time, 5 of the uplink. Time goes in units that wrap after
// a fortnight, above the longest lifetime; compared by difference.
constexpr unsigned kUplinkBits = 5;
constexpr unsigned kTimeBits = 27;
constexpr std::uint32_t kTimeMask = (1u << kTimeBits) - 1;
constexpr unsigned kUnitShift = 4;  // 16 ms

constexpr std::uint32_t units(Millis now) noexcept {
  return now.value >> kUnitShift & kTimeMask;
}

constexpr std::uint64_t pack(std::uint32_t tag, std::uint32_t time, UplinkId uplink) noexcept {
  return std::uint64_t{tag} << 32 | std::uint64_t{time} << kUplinkBits | index_of(uplink);
}

constexpr std::uint32_t age(std::uint64_t word, std::uint32_t now) noexcept {
  return (now - (static_cast<std::uint32_t>(word) >> kUplinkBits)) & kTimeMask;
}

constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 32;
  x *= 0x9e3779b97f4a7c15u;
  x ^= x >> 29;
  x *= 0xbf58476d1ce4e5b9u;
  return x ^ (x >> 32);
}

}  // namespace

AffinityTable::AffinityTable(std::size_t hosts)
    : mask_(std::bit_ceil(2 * hosts + kWays) - 1),
      words_(std::make_unique<std::atomic<std::uint64_t>[]>(mask_ + 1)) {}

/// One host is its own tag; of two it is a hash, which two pairs in 2^32 share: they go together.
AffinityTable::Tag AffinityTable::tag_of(Sticky sticky, const FlowKey& key) const noexcept {
  const bool pair = sticky == Sticky::source_and_destination;
  const std::uint64_t who = pair ? std::uint64_t{key.src.be} << 32 | key.dst.be : key.src.be;
  const std::uint64_t mixed = mix(who);
  const std::uint32_t word = pair ? static_cast<std::uint32_t>(mixed >> 32) : key.src.be;
  return {mixed & mask_ & ~(kWays - 1), word == 0 ? 1 : word};
}

UplinkId AffinityTable::find(Sticky sticky, const FlowKey& key, Millis now,
                             std::uint32_t lifetime_ms) const noexcept {
  const Tag tag = tag_of(sticky, key);
  for (std::size_t way = 0; way < kWays; ++way) {
    const std::uint64_t word = words_[tag.set + way].load(std::memory_order_relaxed);
    if (word >> 32 != tag.word) continue;
    if (age(word, units(now)) > lifetime_ms >> kUnitShift) return UplinkId::none;
    return uplink_id(word & ((1u << kUplinkBits) - 1));
  }
  return UplinkId::none;
}

void AffinityTable::remember(Sticky sticky, const FlowKey& key, UplinkId uplink,
                             Millis now) noexcept {
  const Tag tag = tag_of(sticky, key);
  const std::uint32_t time = units(now);
  std::size_t place = 0;
  std::uint32_t oldest = 0;
  for (std::size_t way = 0; way < kWays; ++way) {
    const std::uint64_t word = words_[tag.set + way].load(std::memory_order_relaxed);
    if (word >> 32 == tag.word) {
      place = way;
      break;
    }
    const std::uint32_t years = word == 0 ? kTimeMask + 1 : age(word, time);
    if (years > oldest) {
      oldest = years;
      place = way;
    }
  }
  words_[tag.set + place].store(pack(tag.word, time, uplink), std::memory_order_relaxed);
}

}  // namespace spillway
