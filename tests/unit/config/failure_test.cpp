// What happens when an uplink fails, hooks, and the pace of probes.

#include <gtest/gtest.h>

#include "control/config/load.h"
#include "tests/unit/config/config_text.h"

namespace spillway::config {
namespace {

using std::chrono::milliseconds;

TEST(Config, R35_R36_FailureIsResetAndStayUnlessTold) {
  const FailurePolicy usual = parse(base(), "x.conf").failure;
  EXPECT_EQ(usual.on_failure, OnFailure::reset);
  EXPECT_EQ(usual.failback, Failback::stay);
  const FailurePolicy told =
      parse(base() + "failure = { connections = \"keep\"; failback = \"drain\"; drain_s = 7; };",
            "x.conf")
          .failure;
  EXPECT_EQ(told.on_failure, OnFailure::keep);
  EXPECT_EQ(told.failback, Failback::drain);
  EXPECT_EQ(told.drain, std::chrono::seconds(7));
}

TEST(Config, HooksNameAnEventAndACommand) {
  const Config c = parse(base() +
                             "hooks = ( { on = \"switch\"; command = \"true\"; },\n"
                             "  { on = \"health\"; subject = \"ISP_1\"; command = \"x\"; "
                             "timeout_ms = 500; } );",
                         "x.conf");
  ASSERT_EQ(c.hooks.size(), 2u);
  EXPECT_EQ(c.hooks[0].on, "switch");
  EXPECT_EQ(c.hooks[0].timeout, milliseconds(10000));
  EXPECT_EQ(c.hooks[1].subject, "ISP_1");
  EXPECT_EQ(c.hooks[1].timeout, milliseconds(500));
  EXPECT_EQ(effective(parse(effective(c), "again")), effective(c));
}

TEST(Config, R33_RetriesAreNeverSlowerThanTheInterval) {
  const auto pace = [](const std::string& settings) {
    return parse(base() + "probes = { arp = { " + settings + " }; };", "x.conf")
        .uplinks[0]
        .health.arp->retry;
  };
  EXPECT_EQ(pace("interval_ms = 1000;"), milliseconds(100)) << "as in the profile";
  EXPECT_EQ(pace("interval_ms = 50;"), milliseconds(50)) << "taken along";
  EXPECT_EQ(pace("interval_ms = 1000; retry_ms = 20;"), milliseconds(20));
}

TEST(Config, R44_MistakesInTheseAreNamed) {
  const struct {
    const char* text;
    const char* error;
  } rows[] = {
      {"failure = { connections = \"kill\"; };",
       "x.conf:6: setting `failure.connections`: found \"kill\"; allowed: reset, flush, keep"},
      {"failure = { failback = \"later\"; };",
       "x.conf:6: setting `failure.failback`: found \"later\"; allowed: stay, drain, now"},
      {"hooks = ( { on = \"hook\"; command = \"x\"; } );",
       "x.conf:6: setting `hooks[0].on`: found \"hook\"; allowed: start, switch, health, "
       "monitor, "},
      {"hooks = ( { on = \"switch\"; } );",
       "x.conf:6: setting `hooks[0].command`: missing; allowed: a command for /bin/sh"},
      {"probes = { ping = { interval_ms = 100; retry_ms = 101; }; };",
       "x.conf:6: setting `probes.ping.retry_ms`: found 101; allowed: at most interval_ms, 100"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(error_of(base() + row.text).rfind(row.error, 0), 0u) << error_of(base() + row.text);
}

}  // namespace
}  // namespace spillway::config
