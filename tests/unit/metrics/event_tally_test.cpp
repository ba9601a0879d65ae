#include "control/metrics/event_tally.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

using Named = std::map<std::string, std::uint64_t>;

TEST(EventTally, CountsByKindAndSeverity) {
  EventTally tally;
  tally.hear({.kind = EventKind::link, .severity = Severity::error, .subject = "LAN"});
  tally.hear({.kind = EventKind::link, .severity = Severity::info, .subject = "LAN"});
  tally.hear({.kind = EventKind::hook, .severity = Severity::warning, .subject = "exit 3"});
  EXPECT_EQ(tally.events[static_cast<std::size_t>(EventKind::link)],
            (std::array<std::uint64_t, kSeverities>{1, 0, 1}));
  EXPECT_EQ(tally.of(EventKind::link), 2u);
  EXPECT_EQ(tally.of(EventKind::hook), 1u);
  EXPECT_EQ(tally.of(EventKind::stall), 0u);
}

TEST(EventTally, R35_AFailoverCountsOnceAndNamesTheUplink) {
  EventTally tally;
  tally.hear({.kind = EventKind::failover, .subject = "ISP_1", .facts = {{"state", "begins"}}});
  tally.hear({.kind = EventKind::failover, .subject = "ISP_1", .facts = {{"state", "done"}}});
  tally.hear({.kind = EventKind::failback, .subject = "ISP_1", .facts = {{"state", "begins"}}});
  EXPECT_EQ(tally.failovers, (Named{{"ISP_1", 1}}));
  EXPECT_EQ(tally.failbacks, (Named{{"ISP_1", 1}}));
}

TEST(EventTally, R30_R33_SwitchesHealthAndMonitorsByName) {
  EventTally tally;
  for (const char* to : {"ISP_2", "ISP_1", "none", "ISP_2"})
    tally.hear({.kind = EventKind::switched, .facts = {{"from", "x"}, {"to", to}}});
  tally.hear({.kind = EventKind::health, .subject = "ISP_1", .facts = {{"to", "down"}}});
  tally.hear({.kind = EventKind::health, .subject = "ISP_1", .facts = {{"to", "hold-down"}}});
  tally.hear({.kind = EventKind::monitor, .subject = "LB1"});
  EXPECT_EQ(tally.switches, (Named{{"ISP_1", 1}, {"ISP_2", 2}, {"none", 1}}));
  EXPECT_EQ((tally.health[{"ISP_1", "down"}]), 1u);
  EXPECT_EQ((tally.health[{"ISP_1", "hold-down"}]), 1u);
  EXPECT_EQ(tally.monitors, (Named{{"LB1", 1}}));
}

}  // namespace
}  // namespace spillway
