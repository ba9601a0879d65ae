#include "dataplane/net/icmp_error.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include "dataplane/net/checksum.h"
#include "tests/support/frames.h"

namespace spillway {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr Ipv4Addr kFrom = Ipv4Addr::of(192, 168, 22, 1);
constexpr Ipv4Addr kTo = Ipv4Addr::of(192, 168, 22, 10);

/// An error about `embedded` bytes 0, 1, 2..., written over whatever was there.
Bytes error_about(std::size_t embedded, const IcmpCause& cause) {
  const auto exact = std::make_unique<std::uint8_t[]>(kIcmpErrorHeaders + embedded);
  std::fill_n(exact.get(), kIcmpErrorHeaders, std::uint8_t{0xee});
  std::iota(exact.get() + kIcmpErrorHeaders, exact.get() + kIcmpErrorHeaders + embedded,
            std::uint8_t{0});
  write_icmp_error(exact.get(), embedded, cause, kFrom, kTo);
  return {exact.get(), exact.get() + kIcmpErrorHeaders + embedded};
}

TEST(IcmpError, R20_TimeExceededByteByByte) {
  Bytes packet = error_about(28, kTtlExceeded);
  const Bytes headers = {
      0x45, 0xc0, 0,  56,          // precedence 6 (RFC 1812 4.3.2.5), total length
      0,    0,    0,  0,  64,  1,  // may be cut, TTL, ICMP
      0,    0,                     // the header's checksum, judged below
      192,  168,  22, 1,  192, 168, 22, 10,
      11,   0,    0,  0,  0,   0,   0,  0,  // type, code, checksum, unused (RFC 792)
  };
  EXPECT_TRUE(test::checksums_right(packet.data(), packet.size()));
  for (const std::size_t at : {10u, 11u, 22u, 23u}) packet[at] = 0;
  EXPECT_EQ(Bytes(packet.begin(), packet.begin() + 28), headers);
  for (std::size_t i = 0; i < 28; ++i) EXPECT_EQ(packet[28 + i], i) << "what is embedded stays";
}

struct Row {
  const char* what;
  IcmpCause cause;
  Bytes message;  ///< first 8 bytes, checksum 0
};

TEST(IcmpError, R05_R20_R37_EachCauseHasItsTypeAndCode) {
  const Row rows[] = {
      {"TTL", kTtlExceeded, {11, 0, 0, 0, 0, 0, 0, 0}},
      {"net unreachable", kNetUnreachable, {3, 0, 0, 0, 0, 0, 0, 0}},
      {"prohibited", kProhibited, {3, 13, 0, 0, 0, 0, 0, 0}},
      {"too big, MTU in the low half (RFC 1191 4)",
       fragmentation_needed(1492),
       {3, 4, 0, 0, 0, 0, 0x05, 0xd4}},
      {"too big for a jumbo link", fragmentation_needed(9000), {3, 4, 0, 0, 0, 0, 0x23, 0x28}},
  };
  for (const Row& row : rows) {
    Bytes packet = error_about(28, row.cause);
    packet[22] = packet[23] = 0;
    EXPECT_EQ(Bytes(packet.begin() + 20, packet.begin() + 28), row.message) << row.what;
  }
}

TEST(IcmpError, R20_ChecksumsAreRightAtEveryLength) {
  for (std::size_t n = 28; n <= kIcmpErrorEmbeds; ++n) {
    const Bytes packet = error_about(n, fragmentation_needed(1400));
    ASSERT_TRUE(test::checksums_right(packet.data(), packet.size())) << n;
  }
}

TEST(IcmpError, R20_NoErrorIsLongerThanEveryHostTakes) {
  EXPECT_EQ(kIcmpErrorHeaders + kIcmpErrorEmbeds, 576u);
}

struct Told {
  Ipv4Addr src;
  Ipv4Addr dst;
  bool may;
};

TEST(IcmpError, R19_WhoMayBeTold) {
  const Ipv4Addr server = Ipv4Addr::of(8, 8, 8, 8);
  const Told rows[] = {
      {kTo, server, true},
      {Ipv4Addr::of(223, 255, 255, 255), Ipv4Addr::of(1, 0, 0, 0), true},
      {kTo, Ipv4Addr::of(224, 0, 0, 1), false},
      {kTo, Ipv4Addr::of(239, 255, 255, 250), false},
      {kTo, Ipv4Addr::of(255, 255, 255, 255), false},
      {kTo, Ipv4Addr::of(240, 0, 0, 1), false},
      {kTo, Ipv4Addr::of(0, 0, 0, 0), false},
      {kTo, Ipv4Addr::of(127, 0, 0, 1), false},
      {Ipv4Addr::of(0, 0, 0, 0), server, false},
      {Ipv4Addr::of(0, 1, 2, 3), server, false},
      {Ipv4Addr::of(127, 0, 0, 1), server, false},
      {Ipv4Addr::of(224, 0, 0, 5), server, false},
      {Ipv4Addr::of(250, 1, 1, 1), server, false},
      {Ipv4Addr::of(255, 255, 255, 255), server, false},
  };
  for (const Told& row : rows)
    EXPECT_EQ(may_be_told(row.src, row.dst), row.may)
        << to_string(row.src) << " -> " << to_string(row.dst);
}

}  // namespace
}  // namespace spillway
