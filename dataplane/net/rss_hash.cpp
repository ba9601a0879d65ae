#include "dataplane/net/rss_hash.h"

#include <span>

namespace spillway {
namespace {

/// The parts of the input, in bits: the remote address, the host's port, the remote port.
struct Part {
  unsigned first;
  unsigned bits;
};
constexpr std::array kParts = {Part{0, 32}, Part{32, 16}, Part{48, 16}};
constexpr unsigned kBits = 64;

/// One bit each: what the windows of all input bits are cut from.
using Stream = std::array<std::uint8_t, kBits>;

Stream make_stream(std::uint64_t random, unsigned index_bits) noexcept {
  Stream stream{};
  for (const Part& part : kParts) {
    const unsigned last = part.first + part.bits - index_bits;
    for (unsigned i = part.first; i <= last; ++i)
      stream[i] = static_cast<std::uint8_t>(random >> i & 1u);
    stream[part.first] = 1;
    stream[last] = 1;
  }
  return stream;
}

/// What input bit `i` adds to the index: the last `index_bits` stream bits up to its own.
std::uint8_t window(const Stream& stream, unsigned i, unsigned index_bits) noexcept {
  std::uint8_t value = 0;
  for (unsigned back = 0; back < index_bits && back <= i; ++back)
    value = static_cast<std::uint8_t>(value | stream[i - back] << back);
  return value;
}

/// Puts stream bits into a key, whose bits are counted from the first byte's highest on.
void put(RssHash::Key& key, unsigned at, std::span<const std::uint8_t> bits) noexcept {
  for (const std::uint8_t bit : bits) {
    key[at / 8] = static_cast<std::uint8_t>(key[at / 8] | bit << (7 - at % 8));
    ++at;
  }
}

// The low bits of an input bit's window end 31 key bits behind it.
constexpr unsigned kWindowEnd = 31;

}  // namespace

RssHash::RssHash(const Settings& settings) noexcept
    : index_bits_(settings.index_bits),
      tcp_ports_(settings.tcp_ports),
      udp_ports_(settings.udp_ports) {
  const Stream stream = make_stream(settings.random, index_bits_);
  for (unsigned i = 0; i < kBits; ++i) {
    const std::uint8_t value = window(stream, i, index_bits_);
    const unsigned bit = 1u << (7 - i % 8);
    for (unsigned byte = 0; byte < 256; ++byte)
      if ((byte & bit) != 0) table_[i / 8][byte] ^= value;
  }
  // On the LAN side packets carry: host (ignored), remote, host's port, remote port.
  const std::span all(stream);
  put(lan_key_, 32 + kWindowEnd, all);
  // At an uplink: remote, host (ignored), remote port, host's port.
  put(uplink_key_, kWindowEnd, all.subspan(0, 32));
  put(uplink_key_, 64 + kWindowEnd, all.subspan(48, 16));
  put(uplink_key_, 80 + kWindowEnd, all.subspan(32, 16));
}

}  // namespace spillway
