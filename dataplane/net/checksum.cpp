#include "dataplane/net/checksum.h"

namespace spillway {

std::uint64_t sum_bytes(std::span<const std::uint8_t> bytes) noexcept {
  std::uint64_t sum = 0;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 4; left -= 4, at += 4) sum += load<std::uint32_t>(at);
  if (left >= 2) {
    sum += load<std::uint16_t>(at);
    at += 2;
    left -= 2;
  }
  if (left == 1) sum += *at;
  return sum;
}

std::uint64_t sum_pseudo_header(Ipv4Addr src, Ipv4Addr dst, std::uint8_t protocol,
                                std::size_t l4_length) noexcept {
  return std::uint64_t{src.be} + dst.be + swap16(protocol) +
         swap16(static_cast<std::uint16_t>(l4_length));
}

}  // namespace spillway
