#include <gtest/gtest.h>

#include "control/balance/monitor.h"
#include "control/balance/rate_meter.h"
#include "control/balance/uplink_rate.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using config::RateLimit;
using config::Traffic;
using config::Trigger;

constexpr std::uint64_t kMega = 1'000'000;

TEST(RateMeter, FillsItsWindowAndForgets) {
  RateMeter meter(100ms, 1000ms);
  std::uint64_t total = 0;
  TimePoint now{};
  meter.add(now, 0);
  for (int i = 1; i <= 10; ++i) {
    total += 12500;
    meter.add(now += 100ms, total);
    EXPECT_EQ(meter.rate().value, static_cast<std::uint64_t>(i) * 100000);
  }
  for (int i = 1; i <= 10; ++i) meter.add(now += 100ms, total);
  EXPECT_EQ(meter.rate().value, 0u);
}

TEST(RateMeter, ALateSampleIsNoBurst) {
  RateMeter meter(100ms, 1000ms);
  meter.add(TimePoint{}, 0);
  meter.add(TimePoint{5s}, 5 * 125000);
  EXPECT_EQ(meter.rate().value, kMega);
}

TEST(RateMeter, R31_RatesOf64BitsDoNotOverflow) {
  RateMeter meter(100ms, 1000ms);
  meter.add(TimePoint{}, 0);
  meter.add(TimePoint{1s}, std::uint64_t{50} << 30);
  EXPECT_EQ(meter.rate().value, (std::uint64_t{50} << 30) * 8);
  meter.add(TimePoint{2s}, 0);
  meter.add(TimePoint{3s}, ~std::uint64_t{0});
  EXPECT_GT(meter.rate().value, std::uint64_t{1} << 62);
}

TEST(Monitor, FiresAtTheEdgeOnly) {
  Monitor above(Trigger::above, Traffic::received, RateLimit::both({100}));
  Monitor below(Trigger::below, Traffic::received, RateLimit::both({100}));
  const struct {
    std::uint64_t rate;
    bool above;
    bool below;
  } rows[] = {{0, false, false},   {100, false, false}, {101, true, false}, {200, false, false},
              {101, false, false}, {100, false, true},  {50, false, false}, {300, true, false}};
  for (const auto& row : rows) {
    EXPECT_EQ(above.observe({{row.rate}, {}}), row.above) << row.rate;
    EXPECT_EQ(below.observe({{row.rate}, {}}), row.below) << row.rate;
  }
}

TEST(UplinkRate, EitherDirectionHasItsOwnLimit) {
  const config::RateLimit limit{{100}, {10}, 0.5};
  const auto either = Traffic::either;
  EXPECT_TRUE(is_above({{101}, {0}}, limit, either));
  EXPECT_TRUE(is_above({{0}, {11}}, limit, either));
  EXPECT_FALSE(is_above({{100}, {10}}, limit, either));
  EXPECT_FALSE(is_below({{99}, {10}}, limit, either)) << "both must be";
  EXPECT_TRUE(is_below({{99}, {9}}, limit, either));
  EXPECT_TRUE(is_above({{0}, {11}}, limit, Traffic::transmitted));
  EXPECT_FALSE(is_above({{0}, {11}}, limit, Traffic::received));
  EXPECT_DOUBLE_EQ(share_of({{50}, {9}}, limit, either), 0.9);
}

}  // namespace
}  // namespace spillway
