#include "dataplane/wan/affinity_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace spillway {
namespace {

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp16 = uplink_id(15);
constexpr std::uint32_t kMinute = 60000;

FlowKey key(std::uint32_t src, std::uint32_t dst = 0x08080808) {
  FlowKey k;
  k.src = Ipv4Addr::from_host(src);
  k.dst = Ipv4Addr::from_host(dst);
  return k;
}

TEST(Affinity, AHostIsFoundUntilItsTimeIsOver) {
  AffinityTable table(16);
  EXPECT_EQ(table.find(Sticky::source, key(1), Millis{0}, kMinute), UplinkId::none);
  table.remember(Sticky::source, key(1), kIsp16, Millis{1000});
  EXPECT_EQ(table.find(Sticky::source, key(1, 7), Millis{1000 + kMinute}, kMinute), kIsp16)
      << "wherever it goes";
  EXPECT_EQ(table.find(Sticky::source, key(2), Millis{1000}, kMinute), UplinkId::none);
  EXPECT_EQ(table.find(Sticky::source, key(1), Millis{1000 + kMinute + 32}, kMinute),
            UplinkId::none);
}

TEST(Affinity, EachUseStartsItsTimeAnew) {
  AffinityTable table(16);
  for (std::uint32_t t = 0; t < 10 * kMinute; t += kMinute / 2) {
    table.remember(Sticky::source, key(1), kIsp1, Millis{t});
    EXPECT_EQ(table.find(Sticky::source, key(1), Millis{t + kMinute / 2}, kMinute), kIsp1);
  }
}

TEST(Affinity, OfTwoHostsBothMatter) {
  AffinityTable table(16);
  table.remember(Sticky::source_and_destination, key(1, 2), kIsp1, Millis{0});
  EXPECT_EQ(table.find(Sticky::source_and_destination, key(1, 2), Millis{0}, kMinute), kIsp1);
  EXPECT_EQ(table.find(Sticky::source_and_destination, key(1, 3), Millis{0}, kMinute),
            UplinkId::none);
  EXPECT_EQ(table.find(Sticky::source_and_destination, key(2, 1), Millis{0}, kMinute),
            UplinkId::none);
}

TEST(Affinity, TheClockMayWrap) {
  AffinityTable table(16);
  table.remember(Sticky::source, key(1), kIsp1, Millis{0xffffff00});
  EXPECT_EQ(table.find(Sticky::source, key(1), Millis{0x1000}, kMinute), kIsp1);
  EXPECT_EQ(table.find(Sticky::source, key(1), Millis{2 * kMinute}, kMinute), UplinkId::none);
}

TEST(Affinity, WhenFullTheOneUsedLongestAgoGivesWay) {
  AffinityTable table(1);
  for (std::uint32_t host = 1; host <= 100; ++host)
    table.remember(Sticky::source, key(host), kIsp1, Millis{host * 100});
  EXPECT_EQ(table.find(Sticky::source, key(100), Millis{10000}, kMinute), kIsp1);
  EXPECT_EQ(table.find(Sticky::source, key(1), Millis{10000}, kMinute), UplinkId::none);
}

/// What is found is what was remembered last, or nothing.
RC_GTEST_PROP(Affinity, NeverAnothersUplink, ()) {
  AffinityTable table(8);
  std::array<int, 32> last;
  last.fill(-1);
  for (std::uint32_t step = 0; step < 200; ++step) {
    const auto host = *rc::gen::inRange<std::uint32_t>(0, 32);
    if (*rc::gen::arbitrary<bool>()) {
      last[host] = *rc::gen::inRange(0, 16);
      table.remember(Sticky::source, key(host + 1), uplink_id(static_cast<std::size_t>(last[host])),
                     Millis{step});
    } else {
      const UplinkId found = table.find(Sticky::source, key(host + 1), Millis{step}, kMinute);
      RC_ASSERT(found == UplinkId::none || static_cast<int>(index_of(found)) == last[host]);
    }
  }
}

}  // namespace
}  // namespace spillway
