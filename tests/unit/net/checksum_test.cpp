#include "dataplane/net/checksum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace spillway {
namespace {

std::uint16_t from_scratch(const std::vector<std::uint8_t>& bytes) {
  return static_cast<std::uint16_t>(~fold(sum_bytes(bytes)));
}

TEST(Checksum, Rfc1071Example) {
  const std::vector<std::uint8_t> bytes = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(swap16(fold(sum_bytes(bytes))), 0xddf2);
}

TEST(Checksum, OddLengthIsPaddedWithZero) {
  EXPECT_EQ(fold(sum_bytes(std::vector<std::uint8_t>{0x12})),
            fold(sum_bytes(std::vector<std::uint8_t>{0x12, 0x00})));
}

// RFC 1624 3: the example where the older formula gave 0xffff instead of 0.
TEST(Checksum, R21_Rfc1624Example) {
  ChecksumDelta delta;
  delta.replace(swap16(0x5555), swap16(0x3285));
  EXPECT_EQ(delta.apply(swap16(0xdd2f)), swap16(0x0000));
}

RC_GTEST_PROP(Checksum, IncrementalEqualsFromScratch, ()) {
  auto words =
      *rc::gen::container<std::vector<std::uint16_t>>(12, rc::gen::arbitrary<std::uint16_t>());
  words[0] = static_cast<std::uint16_t>(words[0] | 1);  // never all zero
  const auto bytes = [&] {
    std::vector<std::uint8_t> b(words.size() * 2);
    std::memcpy(b.data(), words.data(), b.size());
    return b;
  };
  const std::uint16_t before = from_scratch(bytes());
  const auto at = *rc::gen::inRange<std::size_t>(1, words.size());
  const auto value = *rc::gen::arbitrary<std::uint16_t>();
  ChecksumDelta delta;
  delta.replace(words[at], value);
  words[at] = value;
  RC_ASSERT(delta.apply(before) == from_scratch(bytes()));
}

RC_GTEST_PROP(Checksum, DeltasAdd, ()) {
  const auto a = *rc::gen::arbitrary<std::uint16_t>();
  const auto b = *rc::gen::arbitrary<std::uint16_t>();
  const auto c = *rc::gen::arbitrary<std::uint32_t>();
  const auto d = *rc::gen::arbitrary<std::uint32_t>();
  const auto checksum = *rc::gen::arbitrary<std::uint16_t>();
  ChecksumDelta first;
  first.replace(a, b);
  ChecksumDelta second;
  second.replace(Ipv4Addr{c}, Ipv4Addr{d});
  ChecksumDelta both;
  both.replace(a, b).replace(Ipv4Addr{c}, Ipv4Addr{d});
  first += second;
  const auto same = [](std::uint16_t x) { return x == 0xffff ? std::uint16_t{0} : x; };
  RC_ASSERT(same(first.apply(checksum)) == same(both.apply(checksum)));
}

TEST(Checksum, R21_UdpZeroStaysZeroAndComputedZeroBecomesAllOnes) {
  ChecksumDelta delta;
  delta.replace(swap16(0x5555), swap16(0x3285));
  EXPECT_EQ(delta.apply_udp(0), 0);
  EXPECT_EQ(delta.apply_udp(swap16(0xdd2f)), 0xffff);
}

TEST(Checksum, TtlDecrement) {
  std::vector<std::uint8_t> header = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17,
                                      0,    0, 1, 2,  3, 4, 5, 6, 7,  8};
  store(header.data() + 10, from_scratch(header));
  const auto before = load<std::uint16_t>(header.data() + 10);
  --header[8];
  store(header.data() + 10, kTtlDecrement.apply(before));
  EXPECT_TRUE(header_checksum_ok(header.data(), 5));
}

}  // namespace
}  // namespace spillway
