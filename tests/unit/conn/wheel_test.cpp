#include "dataplane/conn/expiry_wheel.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace spillway {
namespace {

constexpr std::uint32_t kTick = ExpiryWheel::kTickMs;

struct Wheel {
  explicit Wheel(std::size_t n, Millis now = {}) : records(n), wheel(records, now) {}
  std::vector<ConnectionRecord> records;
  ExpiryWheel wheel;

  std::vector<std::uint32_t> visit(std::uint32_t now, std::uint32_t budget = 1000) {
    std::vector<std::uint32_t> seen;
    wheel.advance(Millis{now}, budget,
                  [&](ConnIndex i) { seen.push_back(static_cast<std::uint32_t>(i)); });
    return seen;
  }
};

constexpr ConnIndex index(std::uint32_t i) {
  return static_cast<ConnIndex>(i);
}

TEST(ExpiryWheel, VisitsAfterTheDelayAndOnce) {
  Wheel w(4);
  w.wheel.arm(index(2), Millis{0}, 1000);
  EXPECT_TRUE(w.visit(999).empty());
  EXPECT_EQ(w.visit(1000 + kTick), std::vector{2u});
  EXPECT_TRUE(w.visit(1000000).empty());
}

TEST(ExpiryWheel, DisarmedIsNotVisited) {
  Wheel w(4);
  w.wheel.arm(index(0), Millis{0}, 100);
  w.wheel.arm(index(1), Millis{0}, 100);
  w.wheel.disarm(index(0));
  EXPECT_EQ(w.visit(1000), std::vector{1u});
}

TEST(ExpiryWheel, TheBudgetLeavesTheRestForTheNextCall) {
  Wheel w(10);
  for (std::uint32_t i = 0; i < 10; ++i) w.wheel.arm(index(i), Millis{0}, 100);
  EXPECT_EQ(w.visit(1000, 4).size(), 4u);
  EXPECT_EQ(w.visit(1000, 4).size(), 4u);
  EXPECT_EQ(w.visit(1000, 4).size(), 2u);
}

TEST(ExpiryWheel, BeyondTheHorizonItLooksOnceATurn) {
  Wheel w(1);
  const std::uint32_t day = 86'400'000;
  w.wheel.arm(index(0), Millis{0}, day);
  std::uint32_t visits = 0;
  for (std::uint32_t now = 0; now <= day + 2 * kTick; now += 10000)
    w.wheel.advance(Millis{now}, 100, [&](ConnIndex i) {
      ++visits;
      if (now < day) w.wheel.arm(i, Millis{now}, day - now);
    });
  EXPECT_GE(visits, day / ExpiryWheel::kHorizonMs);
  EXPECT_LE(visits, day / ExpiryWheel::kHorizonMs + 2);
}

TEST(ExpiryWheel, TheClockOf32BitsMayWrap) {
  const std::uint32_t start = 0xffffff00u;
  Wheel w(1, Millis{start});
  w.wheel.arm(index(0), Millis{start}, 1000);
  EXPECT_TRUE(w.visit(start + 900).empty());
  EXPECT_EQ(w.visit(start + 1000 + kTick).size(), 1u);
}

/// Against a map of deadlines: never early, at most one tick late.
RC_GTEST_PROP(ExpiryWheel, AgreesWithANaiveModel, ()) {
  constexpr std::uint32_t n = 16;
  Wheel w(n);
  std::map<std::uint32_t, std::uint32_t> due;
  std::uint32_t now = 0;
  for (int step = 0; step < 50; ++step) {
    const auto i = *rc::gen::inRange(0u, n);
    if (due.count(i) > 0) {
      w.wheel.disarm(index(i));
      due.erase(i);
    } else {
      const auto delay = *rc::gen::inRange(1u, 5000u);
      w.wheel.arm(index(i), Millis{now}, delay);
      due[i] = now + delay;
    }
    now += *rc::gen::inRange(0u, 500u);
    for (const std::uint32_t seen : w.visit(now)) {
      RC_ASSERT(due.count(seen) == 1);
      RC_ASSERT(due[seen] <= now);
      due.erase(seen);
    }
    for (const auto& [left, at] : due) RC_ASSERT(at + 2 * kTick > now);
  }
}

}  // namespace
}  // namespace spillway
