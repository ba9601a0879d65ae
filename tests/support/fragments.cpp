#include "tests/support/fragments.h"

#include <algorithm>
#include <span>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint16_t kOffsetMask = 0x1fff;
constexpr std::uint8_t kCopied = 0x80;  // of an option's type (RFC 791 3.1)

std::size_t header_length(const Bytes& frame) {
  return (frame[kEtherHeader] & 15u) * 4u;
}

std::size_t data_length(const Bytes& frame) {
  return swap16(load<std::uint16_t>(frame.data() + kEtherHeader + ipv4::total_length)) -
         header_length(frame);
}

std::size_t offset_of(const Bytes& frame) {
  return std::size_t{fragment_word(frame)} % (kOffsetMask + 1u) * 8;
}

Bytes::const_iterator data_of(const Bytes& frame) {
  return frame.begin() + static_cast<std::ptrdiff_t>(kEtherHeader + header_length(frame));
}

Bytes copied_options(const Bytes& frame) {
  Bytes options;
  const std::size_t end = kEtherHeader + header_length(frame);
  for (std::size_t at = kEtherHeader + ipv4::options; at < end;) {
    if (frame[at] == ipv4::option_end) break;
    const std::size_t length = frame[at] == ipv4::option_nop ? 1 : frame[at + 1];
    const auto first = frame.begin() + static_cast<std::ptrdiff_t>(at);
    if ((frame[at] & kCopied) != 0)
      options.insert(options.end(), first, first + static_cast<std::ptrdiff_t>(length));
    at += length;
  }
  options.resize((options.size() + 3) / 4 * 4, ipv4::option_end);
  return options;
}

/// Sets what differs from the frame that a fragment was cut from.
void finish(Bytes& frame, std::size_t header, std::uint16_t word) {
  std::uint8_t* ip = frame.data() + kEtherHeader;
  ip[0] = static_cast<std::uint8_t>(0x40 | header / 4);
  store(ip + ipv4::total_length, swap16(static_cast<std::uint16_t>(frame.size() - kEtherHeader)));
  store(ip + ipv4::fragment, swap16(word));
  store(ip + ipv4::checksum, std::uint16_t{0});
  store(ip + ipv4::checksum, static_cast<std::uint16_t>(~fold(sum_bytes({ip, header}))));
}

Bytes piece(const Bytes& frame, std::size_t from, std::size_t to) {
  const std::size_t header = from == 0 ? header_length(frame) : ipv4::min_header;
  Bytes part(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(kEtherHeader + header));
  if (from > 0) {
    const Bytes options = copied_options(frame);
    part.insert(part.end(), options.begin(), options.end());
  }
  const std::size_t whole_header = part.size() - kEtherHeader;
  part.insert(part.end(), data_of(frame) + static_cast<std::ptrdiff_t>(from),
              data_of(frame) + static_cast<std::ptrdiff_t>(to));
  const bool more = to < data_length(frame);
  finish(part, whole_header, static_cast<std::uint16_t>(from / 8 | (more ? kMoreFragments : 0)));
  return part;
}

bool fits_behind(const Bytes& first, const Bytes& next, std::size_t offset, bool last) {
  const std::uint8_t* a = first.data() + kEtherHeader;
  const std::uint8_t* b = next.data() + kEtherHeader;
  const bool same = std::equal(a + 4, a + 6, b + 4) && std::equal(a + 8, a + 10, b + 8) &&
                    std::equal(a + ipv4::src, a + ipv4::options, b + ipv4::src) &&
                    std::equal(first.begin(), first.begin() + kEtherHeader, next.begin());
  const bool more = (fragment_word(next) & kMoreFragments) != 0;
  const bool nothing_behind = next.size() == kEtherHeader + header_length(next) + data_length(next);
  return same && nothing_behind && offset_of(next) == offset && more != last &&
         header_checksum_ok(b, header_length(next) / 4);
}

}  // namespace

std::uint16_t fragment_word(const Bytes& frame) {
  return swap16(load<std::uint16_t>(frame.data() + kEtherHeader + ipv4::fragment));
}

std::vector<Bytes> cut_at(const Bytes& frame, const std::vector<std::size_t>& cuts) {
  std::vector<Bytes> pieces;
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    pieces.push_back(piece(frame, from, cut));
    from = cut;
  }
  pieces.push_back(piece(frame, from, data_length(frame)));
  return pieces;
}

std::vector<Bytes> cut_every(const Bytes& frame, std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = size; at < data_length(frame); at += size) cuts.push_back(at);
  return cut_at(frame, cuts);
}

Bytes put_together(std::vector<Bytes> fragments) {
  if (fragments.empty()) return {};
  std::sort(fragments.begin(), fragments.end(),
            [](const Bytes& a, const Bytes& b) { return offset_of(a) < offset_of(b); });
  const Bytes& first = fragments.front();
  const std::size_t header = header_length(first);
  Bytes whole(first.begin(), data_of(first));
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    const std::size_t offset = whole.size() - kEtherHeader - header;
    if (!fits_behind(first, fragments[i], offset, i + 1 == fragments.size())) return {};
    whole.insert(whole.end(), data_of(fragments[i]),
                 data_of(fragments[i]) + static_cast<std::ptrdiff_t>(data_length(fragments[i])));
  }
  finish(whole, header, fragment_word(first) & kDontFragment);
  return whole;
}

}  // namespace spillway::test
