#pragma once
// The table's hash. CRC32 alone would not do: it is linear, so keys that collide under one seed
// collide under every seed, and a host could fill one bucket at will. A folded 64x64 multiply under
// a secret costs the same and has no such structure.

#include <cstdint>
#include <cstring>

#include "dataplane/conn/flow_key.h"

namespace spillway {

/// Chosen anew at every start from a random source that is passed in.
struct HashSecret {
  std::uint64_t a = 0x9e3779b97f4a7c15;
  std::uint64_t b = 0xd1b54a32d192ed03;
};

namespace detail {
constexpr std::uint64_t fold_multiply(std::uint64_t x, std::uint64_t y) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(x) * y;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
}  // namespace detail

/// Hash of a key given as its two words. Thread contract: any.
constexpr std::uint32_t flow_hash(const HashSecret& secret, std::uint64_t addresses,
                                  std::uint64_t rest) noexcept {
  const std::uint64_t mixed = detail::fold_multiply(addresses ^ secret.a, rest ^ secret.b);
  // The second round spreads a difference that the first left in few bits.
  return static_cast<std::uint32_t>(detail::fold_multiply(mixed ^ secret.b, secret.a));
}

inline std::uint32_t flow_hash(const HashSecret& secret, const FlowKey& key) noexcept {
  std::uint64_t words[2];
  std::memcpy(words, &key, sizeof words);
  return flow_hash(secret, words[0], words[1]);
}

}  // namespace spillway
