#include "dataplane/net/mss.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"
#include "tests/support/frames.h"

namespace spillway {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t kMost = 1452;  // 0x05ac
constexpr std::size_t kTcpAt = kEtherHeader + ipv4::min_header;

Bytes syn_with(Bytes options, Bytes payload = {}) {
  test::FrameSpec s;
  s.proto = IpProto::tcp;
  s.tcp_options = std::move(options);
  s.payload = std::move(payload);
  return test::build_frame(s);
}

/// Clamps in a buffer of exactly the header's size, so that a sanitizer sees any byte too far.
bool clamp(Bytes& frame, std::uint16_t most = kMost) {
  const std::size_t header = std::size_t{frame[kTcpAt + tcp::data_offset]} >> 4 << 2;
  const auto exact = std::make_unique<std::uint8_t[]>(header);
  std::copy_n(frame.begin() + kTcpAt, header, exact.get());
  const bool changed = clamp_mss(exact.get(), header, most);
  std::copy_n(exact.get(), header, frame.begin() + kTcpAt);
  return changed;
}

bool right(const Bytes& frame) {
  return test::checksums_right(frame.data() + kEtherHeader, frame.size() - kEtherHeader);
}

struct Row {
  const char* what;
  Bytes options;
  Bytes expected;  ///< empty: nothing changes
};

const Row kRows[] = {
    {"alone", {2, 4, 5, 0xb4}, {2, 4, 5, 0xac}},
    {"behind one NOP, the value at an odd offset",
     {1, 2, 4, 5, 0xb4, 0, 0, 0},
     {1, 2, 4, 5, 0xac, 0, 0, 0}},
    {"behind two NOPs", {1, 1, 2, 4, 5, 0xb4, 0, 0}, {1, 1, 2, 4, 5, 0xac, 0, 0}},
    {"behind a window scale of three bytes",
     {3, 3, 7, 2, 4, 0xff, 0xff, 0},
     {3, 3, 7, 2, 4, 5, 0xac, 0}},
    {"behind timestamps and SACK permitted",
     {8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 4, 2, 2, 4, 0x22, 0xc4},
     {8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 4, 2, 2, 4, 5, 0xac}},
    {"one byte more than may be", {2, 4, 5, 0xad}, {2, 4, 5, 0xac}},
    {"the last bytes of the longest header",
     {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 5, 0xb4},
     {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 5, 0xac}},
    {"exactly what may be", {2, 4, 5, 0xac}, {}},
    {"lower already", {2, 4, 2, 0x18}, {}},
    {"zero", {2, 4, 0, 0}, {}},
    {"no options", {}, {}},
    {"no such option", {3, 3, 7, 1, 4, 2, 1, 1}, {}},
    {"behind the end of the list", {0, 2, 4, 5, 0xb4, 0, 0, 0}, {}},
    {"an MSS of three bytes", {2, 3, 5, 1, 2, 4, 5, 0xb4}, {}},
    {"an MSS of six bytes", {2, 6, 5, 0xb4, 5, 0xb4, 0, 0}, {}},
    {"over the end of the header", {1, 2, 4, 5}, {}},
    {"a kind without a length", {1, 1, 1, 2}, {}},
    {"an option of length 0, which would never end", {8, 0, 2, 4, 5, 0xb4, 0, 0}, {}},
    {"an option of length 1", {8, 1, 2, 4, 5, 0xb4, 0, 0}, {}},
    {"another option over the end", {8, 10, 2, 4, 5, 0xb4, 0, 0}, {}},
};

TEST(Mss, R17_LowersAWellFormedOptionAndNothingElse) {
  for (const Row& row : kRows) {
    Bytes frame = syn_with(row.options);
    const Bytes expected = syn_with(row.expected.empty() ? row.options : row.expected);
    EXPECT_EQ(clamp(frame), !row.expected.empty()) << row.what;
    EXPECT_EQ(frame, expected) << row.what << ": the checksum as if built so";
  }
}

TEST(Mss, R17_ThePayloadIsNoOption) {
  Bytes frame = syn_with({}, {2, 4, 5, 0xb4});
  const Bytes before = frame;
  EXPECT_FALSE(clamp(frame));
  EXPECT_EQ(frame, before);
}

/// Any list of options, well-formed or not.
RC_GTEST_PROP(Mss, R17_TheChecksumAgreesWithOneFromScratch, (Bytes options)) {
  options.resize(std::min<std::size_t>(options.size() / 4 * 4, 40));
  Bytes frame = syn_with(options, {1, 2, 3});
  const Bytes before = frame;
  const bool changed = clamp(frame, *rc::gen::inRange<std::uint16_t>(1, 1460));
  RC_ASSERT(right(frame));
  RC_ASSERT(changed == (frame != before));
}

RC_GTEST_PROP(Mss, R17_AtAnyOffsetWithAnyValue, ()) {
  const auto before = *rc::gen::inRange<std::size_t>(0, 37);
  const auto value = *rc::gen::arbitrary<std::uint16_t>();
  const auto most = *rc::gen::inRange<std::uint16_t>(1, 9000);
  Bytes options(before, 1);
  for (const unsigned byte : {2u, 4u, unsigned{value} >> 8, unsigned{value} & 255u})
    options.push_back(static_cast<std::uint8_t>(byte));
  options.resize((options.size() + 3) / 4 * 4, 0);
  Bytes frame = syn_with(options);
  RC_ASSERT(clamp(frame, most) == (value > most));
  RC_ASSERT(right(frame));
  const auto found = load<std::uint16_t>(frame.data() + kTcpAt + tcp::min_header + before + 2);
  RC_ASSERT(swap16(found) == std::min(value, most));
}

}  // namespace
}  // namespace spillway
