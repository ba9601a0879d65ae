#include "control/router/judge.h"

#include <gtest/gtest.h>

#include "control/config/load.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Reach = Evidence::Reach;

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);

config::Config two_uplinks(const std::string& more = "") {
  return config::parse(
      "lan = { name = \"LAN\"; port = \"p0\"; address = \"192.168.22.1/24\"; };\n"
      "uplinks = ( { name = \"ISP_1\"; port = \"p1\"; address = \"1.1.1.32/24\";\n"
      "    gateway = \"1.1.1.1\"; }, { name = \"ISP_2\"; port = \"p2\";\n"
      "    address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\"; } );\n" +
          more,
      "x.conf");
}

Evidence evidence(bool good) {
  Evidence e;
  e.reach = good ? Reach::reachable : Reach::unreachable;
  e.reason = good ? "" : "gateway does not answer";
  return e;
}

struct Court {
  explicit Court(const std::string& more = "") : config(two_uplinks(more)), judge(config, cell) {
    step(true, true);
  }

  Judge::Verdict step(bool first, bool second, RouterClock::duration after = 10ms) {
    now += after;
    return judge.judge(now, std::vector{evidence(first), evidence(second)});
  }

  config::Config config;
  ActiveCell cell;
  Judge judge;
  TimePoint now{10s};
};

TEST(Judge, R35_TheWordIsOutBeforeAnyConnectionEnds) {
  Court court;
  const auto verdict = court.step(false, true);
  EXPECT_EQ(court.cell.load().active, kIsp2);
  EXPECT_FALSE(court.cell.load().usable.contains(kIsp1));
  ASSERT_EQ(verdict.evictions.size(), 1u);
  EXPECT_EQ(verdict.evictions[0].cause, kIsp1);
  ASSERT_TRUE(verdict.switched);
  EXPECT_EQ(verdict.switched->cause, "ISP_1 is down: gateway does not answer");
}

TEST(Judge, R35_ASwitchNamesAllThatHappenedAtOnce) {
  Court court;
  const auto verdict = court.step(false, false);
  ASSERT_TRUE(verdict.switched);
  EXPECT_EQ(verdict.switched->to, UplinkId::none);
  EXPECT_EQ(verdict.switched->cause,
            "ISP_1 is down: gateway does not answer; ISP_2 is down: gateway does not answer");
  EXPECT_TRUE(verdict.evictions.empty()) << "nobody can go anywhere";
}

TEST(Judge, R37_TheFirstOneBackTakesOver) {
  Court court;
  court.step(false, false);
  const auto verdict = court.step(false, true);
  ASSERT_TRUE(verdict.switched);
  EXPECT_EQ(verdict.switched->to, kIsp2);
  ASSERT_EQ(verdict.evictions.size(), 1u);
  EXPECT_EQ(verdict.evictions[0].cause, kIsp1);
}

TEST(Judge, R36_TheReturnOfThePreferredUplinkIsASwitchAtOnce) {
  Court court("balance = { mode = \"failover\"; dwell_ms = 60000; };");
  court.step(false, true);
  court.step(true, true);
  const auto verdict = court.step(true, true, 1s);
  ASSERT_TRUE(verdict.switched) << "dwelling is for load";
  EXPECT_EQ(verdict.switched->to, kIsp1);
}

TEST(Judge, AnotherConfigurationGoesOnFromWhatIsKnown) {
  Court court;
  court.step(false, true);
  const config::Config next = two_uplinks("failure = { failback = \"now\"; };");
  court.judge.adopt(next);
  EXPECT_EQ(court.cell.load().active, kIsp2);
  EXPECT_EQ(court.judge.health()[kIsp1].health(), Health::down);
  court.step(true, true);
  const auto verdict = court.step(true, true, 1s);
  ASSERT_EQ(verdict.evictions.size(), 1u);
  EXPECT_EQ(verdict.evictions[0].why, Eviction::Why::came_back);
  court.judge.adopt(court.config);
}

}  // namespace
}  // namespace spillway
