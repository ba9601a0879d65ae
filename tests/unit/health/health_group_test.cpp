#include "control/health/health_group.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Reach = Evidence::Reach;

Evidence evidence(Reach reach, bool link = true, bool poor = false) {
  Evidence e;
  e.reach = reach;
  e.link = link;
  e.poor = poor;
  return e;
}

const Evidence kGood = evidence(Reach::reachable);
const Evidence kBad = evidence(Reach::unreachable);
const Evidence kPoor = evidence(Reach::reachable, true, true);

struct Group {
  Group() : group(std::vector<config::HoldDown>(2)) {}
  std::uint16_t usable(const Evidence& first, const Evidence& second) {
    group.observe(now += 10ms, std::vector{first, second});
    return group.usable().bits();
  }
  HealthGroup group;
  TimePoint now{10s};
};

TEST(HealthGroup, BothServeFromTheStart) {
  Group g;
  EXPECT_EQ(g.group.usable().bits(), 0b11);
}

TEST(HealthGroup, ADegradedOneServesOnlyWithoutABetterOne) {
  Group g;
  EXPECT_EQ(g.usable(kPoor, kGood), 0b10);
  EXPECT_EQ(g.usable(kPoor, kBad), 0b01);
  EXPECT_EQ(g.usable(kGood, kBad), 0b01);
}

TEST(HealthGroup, R37_TheFirstOneBackTakesOverThoughHeldDown) {
  Group g;
  EXPECT_EQ(g.usable(kBad, kBad), 0);
  EXPECT_EQ(g.usable(kBad, kGood), 0b10);
  EXPECT_EQ(g.group[uplink_id(1)].health(), Health::hold_down);
}

TEST(HealthGroup, ChangesNameTheirUplink) {
  Group g;
  g.usable(kGood, kGood);
  const auto changes = g.group.observe(g.now, std::vector{kGood, kBad});
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].uplink, uplink_id(1));
  EXPECT_EQ(changes[0].change.to, Health::down);
}

TEST(HealthGroup, AnOperatorTakesOneOut) {
  Group g;
  g.usable(kGood, kGood);
  g.group.set_admin(uplink_id(0), AdminState::drained);
  EXPECT_EQ(g.usable(kGood, kGood), 0b10);
  EXPECT_EQ(g.usable(kGood, kBad), 0) << "draining: no new ones even then";
  g.group.set_admin(uplink_id(0), AdminState::enabled);
  EXPECT_EQ(g.usable(kGood, kBad), 0b01);
}

}  // namespace
}  // namespace spillway
