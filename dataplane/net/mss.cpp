#include "dataplane/net/mss.h"

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway {
namespace {

constexpr std::uint8_t kOptionEnd = 0;
constexpr std::uint8_t kOptionNop = 1;
constexpr std::uint8_t kOptionMss = 2;
constexpr std::size_t kMssLength = 4;

/// Offset of the MSS value, 0 without a well-formed option.
std::size_t find_mss(const std::uint8_t* tcp, std::size_t header_length) noexcept {
  for (std::size_t at = tcp::min_header; at < header_length;) {
    const std::uint8_t kind = tcp[at];
    if (kind == kOptionEnd) return 0;
    if (kind == kOptionNop) {
      ++at;
      continue;
    }
    const std::size_t length = at + 1 < header_length ? tcp[at + 1] : 0;
    if (length < 2 || at + length > header_length) return 0;
    if (kind == kOptionMss) return length == kMssLength ? at + 2 : 0;
    at += length;
  }
  return 0;
}

}  // namespace

bool clamp_mss(std::uint8_t* tcp, std::size_t header_length, std::uint16_t most) noexcept {
  const std::size_t at = find_mss(tcp, header_length);
  if (at == 0) return false;
  const auto before = load<std::uint16_t>(tcp + at);
  if (swap16(before) <= most) return false;
  const std::uint16_t after = swap16(most);
  store(tcp + at, after);
  ChecksumDelta delta;
  // At an odd offset the value's bytes stand in the other halves of the summed words.
  if (at % 2 == 0)
    delta.replace(before, after);
  else
    delta.replace(swap16(before), swap16(after));
  store(tcp + tcp::checksum, delta.apply(load<std::uint16_t>(tcp + tcp::checksum)));
  return true;
}

}  // namespace spillway
