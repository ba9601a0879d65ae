#include "control/balance/reservation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/balance/uplink_limits.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using config::RateLimit;
using config::Traffic;

/// A reservation that is fed sample by sample.
struct Fed {
  Reservation reservation{100ms, 1000ms};
  TimePoint now{};
  std::uint64_t placed = 0;

  Fed() { reservation.observe(now, 0, 0); }
  void step(double load, std::uint64_t more = 0) {
    placed += more;
    reservation.observe(now += 100ms, load, placed);
  }
};

TEST(Reservation, R32_HeadroomIsWhatFitsBelowFifteenSixteenths) {
  const struct {
    double load;
    std::uint32_t headroom;  ///< with the first estimate, 1/64
  } rows[] = {{0, 60},   {0.5, 28},      {15.0 / 16 - 1.0 / 64, 1},
              {0.93, 0}, {15.0 / 16, 0}, {1, 0},
              {1000, 0}, {1.0 / 64, 59}};
  for (const auto& row : rows) {
    Fed fed;
    fed.step(row.load);
    EXPECT_EQ(fed.reservation.headroom(), row.headroom) << row.load;
  }
}

TEST(Reservation, R32_WhatWasPlacedCountsBeforeItsBytesAreSeen) {
  Fed fed;
  fed.step(0, 30);
  EXPECT_GT(fed.reservation.reserved(), 0.2) << "30 of about 1/64";
  EXPECT_LT(fed.reservation.headroom(), 60u);
}

TEST(Reservation, R32_ItFadesAsTheMeasuredRateShowsIt) {
  Fed fed;
  fed.step(0, 32);
  double before = 1;
  for (int i = 1; i <= 10; ++i) {
    fed.step(0.05 * i);
    EXPECT_LT(fed.reservation.reserved(), before);
    before = fed.reservation.reserved();
  }
  EXPECT_EQ(fed.reservation.reserved(), 0);
}

TEST(Reservation, R32_TheEstimateFollowsTheAverageOfRecentConnections) {
  Fed fed;
  for (int i = 0; i < 200; ++i) fed.step(0.4, 2);  // 20 per second
  EXPECT_NEAR(fed.reservation.estimate(), 0.4 / 9, 0.01) << "nine of eighteen are to be seen";
  for (int i = 0; i < 200; ++i) fed.step(0.4, 200);
  EXPECT_NEAR(fed.reservation.estimate(), 0.4 / 900, 0.0001);
}

TEST(Reservation, R32_TheUsualPaceReservesNothing) {
  Fed fed;
  for (int i = 0; i < 400; ++i) fed.step(0.5, 3);
  EXPECT_NEAR(fed.reservation.reserved(), 0, 0.01);
  fed.step(0.5, 30);
  EXPECT_GT(fed.reservation.reserved(), 0.5);
}

TEST(Reservation, R32_ALateSampleAndATotalThatFallsBackDoNoHarm) {
  Fed fed;
  fed.step(0.1, 5);
  fed.reservation.observe(fed.now += 10s, 0.1, fed.placed += 5);
  EXPECT_LE(fed.reservation.reserved(), 1);
  fed.reservation.observe(fed.now += 100ms, 0.1, 0);
  EXPECT_GT(fed.reservation.headroom(), 0u);
  fed.reservation.observe(fed.now - 1s, 0.1, 0);
  EXPECT_GT(fed.reservation.headroom(), 0u);
}

TEST(Reservation, RefusesTimesThatMeanNothing) {
  EXPECT_THROW(Reservation(0ms, 1000ms), std::invalid_argument);
  EXPECT_THROW(Reservation(200ms, 100ms), std::invalid_argument);
}

/// R32: whatever was before, an uplink that is half empty takes connections again as soon as the
/// window shows all that was placed.
RC_GTEST_PROP(Reservation, R32_NobodyStarves, ()) {
  Fed fed;
  const auto steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i)
    fed.step(*rc::gen::inRange(0, 2000) / 1000.0,
             static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000)));
  for (int i = 0; i < 11; ++i) fed.step(*rc::gen::inRange(0, 500) / 1000.0);
  RC_ASSERT(fed.reservation.reserved() == 0.0);
  RC_ASSERT(fed.reservation.headroom() >= 3u);
}

config::Config with_uplinks(BalanceMode mode, std::vector<config::Uplink> uplinks) {
  config::Config c;
  c.balance.mode = mode;
  for (std::size_t i = 0; i < uplinks.size(); ++i) {
    uplinks[i].name = "ISP_" + std::to_string(i + 1);
    c.uplinks.push_back(uplinks[i]);
  }
  return c;
}

config::Uplink capable(std::optional<std::uint64_t> rx, std::optional<std::uint64_t> tx) {
  config::Uplink u;
  if (rx) u.capacity_rx = BitsPerSecond{*rx};
  if (tx) u.capacity_tx = BitsPerSecond{*tx};
  return u;
}

TEST(UplinkLimits, EachUplinkHasTheLimitThatIsStatedMostPrecisely) {
  config::Uplink all = capable(1000, 100);
  all.threshold =
      config::Threshold{Traffic::transmitted, RateLimit::both({50}), RateLimit::both({40})};
  config::Config c =
      with_uplinks(BalanceMode::bandwidth, {all, capable(1000, 100), capable(1000, 100),
                                            capable(1000, {}), capable({}, 7), capable({}, {})});
  const auto monitor = [&](config::Trigger trigger, std::uint64_t threshold, const char* to) {
    config::Monitor m;
    m.interface = "ISP_2";
    m.trigger = trigger;
    m.threshold = RateLimit::both({threshold});
    m.on_event = to;
    c.monitors.push_back(m);
  };
  monitor(config::Trigger::above, 800, "ISP_3");
  monitor(config::Trigger::above, 600, "ISP_1");
  monitor(config::Trigger::above, 100, "ISP_2");  // does not lead away
  monitor(config::Trigger::below, 100, "ISP_2");
  const UplinkLimits limits(c, c.balance.mode);
  const struct {
    Traffic traffic;
    std::uint64_t rate;
  } rows[] = {{Traffic::transmitted, 50},
              {Traffic::received, 600},
              {Traffic::either, 1000},
              {Traffic::received, 1000},
              {Traffic::transmitted, 7}};
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const UplinkLimits::Limit* limit = limits.of(uplink_id(i));
    ASSERT_NE(limit, nullptr) << i;
    EXPECT_EQ(limit->traffic, rows[i].traffic) << i;
    EXPECT_EQ(limit->limit.of(limit->traffic).value, rows[i].rate) << i;
  }
  EXPECT_EQ(limits.of(uplink_id(5)), nullptr);
  EXPECT_EQ(limits.headroom(uplink_id(5)), kUnlimitedHeadroom);
  for (const BalanceMode mode : {BalanceMode::pcc, BalanceMode::failover, BalanceMode::weighted})
    EXPECT_FALSE(UplinkLimits(c, mode).any());
}

TEST(UplinkLimits, LoadsGoBeyondTheWholeAndNeverWrap) {
  config::Config c = with_uplinks(BalanceMode::least_used, {capable(1000, 1000)});
  UplinkLimits limits(c, c.balance.mode);
  ActiveCell cell;
  const std::uint64_t none[] = {0};
  const struct {
    std::uint64_t rate;
    std::uint32_t carried;
  } rows[] = {
      {0, 0}, {1000, kFullLoad}, {1500, kFullLoad / 2 * 3}, {~std::uint64_t{0}, ~std::uint32_t{0}}};
  for (const auto& row : rows) {
    const UplinkRate rates[] = {{{0}, {row.rate}}};
    limits.observe(TimePoint{1s}, rates, none);
    limits.publish(cell);
    EXPECT_EQ(cell.carried(uplink_id(0)), row.carried) << row.rate;
    EXPECT_EQ(cell.headroom(uplink_id(0)), kUnlimitedHeadroom) << "of shares, not of connections";
  }
}

}  // namespace
}  // namespace spillway
