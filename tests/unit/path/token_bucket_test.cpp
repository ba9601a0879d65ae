#include "dataplane/token_bucket.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "dataplane/path/pipeline.h"

namespace spillway {
namespace {

/// How many it gives at once.
std::uint32_t all_at(TokenBucket& bucket, std::uint32_t ms) {
  std::uint32_t n = 0;
  while (bucket.take(Millis{ms})) ++n;
  return n;
}

TEST(TokenBucket, R19_StartsFullAndThenGivesItsRate) {
  TokenBucket bucket(1000, 100);
  EXPECT_EQ(all_at(bucket, 5000), 100u);
  EXPECT_EQ(all_at(bucket, 5000), 0u) << "nothing comes without time";
  EXPECT_EQ(all_at(bucket, 5001), 1u);
  EXPECT_EQ(all_at(bucket, 5011), 10u);
}

TEST(TokenBucket, R19_ALongSilenceEarnsNoMoreThanTheBurst) {
  TokenBucket bucket(1000, 100);
  all_at(bucket, 0);
  EXPECT_EQ(all_at(bucket, 99), 99u);
  EXPECT_EQ(all_at(bucket, 99 + 100), 100u);
  EXPECT_EQ(all_at(bucket, 99 + 100 + 86'400'000), 100u);
}

struct Rate {
  std::uint32_t per_second;
  std::uint32_t after;     ///< ms
  std::uint32_t expected;  ///< of a burst of 1000
};

TEST(TokenBucket, R19_EachMillisecondAddsItsShareExactly) {
  const Rate rates[] = {{1, 999, 0},      {1, 1000, 1},        {1, 2500, 2}, {3, 333, 0},
                        {3, 334, 1},      {2000, 1, 2},        {1500, 1, 1}, {1500, 2, 3},
                        {999, 1000, 999}, {4'000'000, 1, 1000}};
  for (const Rate& rate : rates) {
    TokenBucket bucket(rate.per_second, 1000);
    all_at(bucket, 7);
    EXPECT_EQ(all_at(bucket, 7 + rate.after), rate.expected)
        << rate.per_second << " a second, after " << rate.after << " ms";
  }
}

TEST(TokenBucket, R19_FractionsAreNotLostWhenAskedOften) {
  TokenBucket bucket(3, 2);
  all_at(bucket, 0);
  std::uint32_t given = 0;
  for (std::uint32_t ms = 1; ms <= 10'000; ++ms) given += all_at(bucket, ms);
  EXPECT_EQ(given, 30u);
}

TEST(TokenBucket, R19_TheClockMayWrap) {
  TokenBucket bucket(1000, 100);
  all_at(bucket, UINT32_MAX - 2);
  EXPECT_EQ(all_at(bucket, 2), 5u);
}

TEST(TokenBucket, R19_TheRoutersOwnBudgets) {
  TokenBucket icmp(kIcmpErrorsPerSecond, kIcmpErrorsAtOnce);
  EXPECT_EQ(all_at(icmp, 1), 100u);
  EXPECT_EQ(all_at(icmp, 51), 50u);
  ArpBudget arp;
  EXPECT_EQ(all_at(arp, 1), kArpAtOnce);
  EXPECT_EQ(all_at(arp, 11), 20u) << "R41";
}

/// Over any time, whoever asks how often: at most the burst and the rate's share.
RC_GTEST_PROP(TokenBucket, R19_NeverMoreThanBurstAndRate, ()) {
  const auto rate = *rc::gen::inRange<std::uint32_t>(1, 5000);
  const auto burst = *rc::gen::inRange<std::uint32_t>(1, 200);
  const auto start = *rc::gen::arbitrary<std::uint32_t>();
  TokenBucket bucket(rate, burst);
  std::uint64_t passed = 0;
  std::uint64_t given = 0;
  for (const auto step : *rc::gen::container<std::vector<std::uint32_t>>(
           40, rc::gen::inRange<std::uint32_t>(0, 300))) {
    passed += step;
    for (std::uint32_t asked = 0; asked < step; ++asked)
      given += bucket.take(Millis{static_cast<std::uint32_t>(start + passed)});
    RC_ASSERT(given <= burst + rate * passed / 1000);
  }
}

}  // namespace
}  // namespace spillway
