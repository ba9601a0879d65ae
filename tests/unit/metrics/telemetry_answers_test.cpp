#include "control/metrics/telemetry_answers.h"

#include <gtest/gtest.h>

#include "tests/unit/metrics/sample_snapshot.h"

namespace spillway::telemetry {
namespace {

using Json = nlohmann::json;

Json ask(const std::string& path, const std::string& parameters = "") {
  const RouterSnapshot s = test::sample_snapshot();
  for (const Endpoint& endpoint : endpoints)
    if (path == endpoint.path) return endpoint.answer(s, parameters);
  ADD_FAILURE() << "no endpoint " << path;
  return {};
}

TEST(Telemetry, Uplinks) {
  EXPECT_EQ(ask("/spillway/uplinks"), Json::parse(R"({"active": "ISP_2", "all_overloaded": false,
    "uplinks": [
      {"name": "ISP_1", "health": "down", "active": false, "usable": false, "overloaded": false,
       "link": false, "rx_bps": 8000, "tx_bps": 800},
      {"name": "ISP_2", "health": "up", "active": true, "usable": true, "overloaded": false,
       "link": true, "rx_bps": 0, "tx_bps": 0}]})"));
}

TEST(Telemetry, OneUplinkWithItsProbes) {
  EXPECT_EQ(ask("/spillway/uplink", "ISP_1"), Json::parse(R"({"name": "ISP_1", "health": "down",
    "active": false, "usable": false, "overloaded": false, "link": false, "rx_bps": 8000,
    "tx_bps": 800, "reason": "link lost", "since_ms": 2500, "hold_down_ms": 1000,
    "spill_above_bps": 5000, "return_below_bps": 4000, "reserved_bps": 320, "headroom": 7,
    "probes": [{"kind": "arp", "target": "1.1.1.1", "verdict": "failed", "blamed": false,
      "sent": 9, "answered": 6, "loss_permille": 250, "rtt_us": 4500, "jitter_us": 1250}]})"));
}

TEST(Telemetry, CountersAreThoseOfShowCounters) {
  Json expected = Json::parse(to_json(test::sample_snapshot().counters));
  Json found = ask("/spillway/counters");
  EXPECT_EQ(found["ports"][1]["name"], "ISP-1");
  EXPECT_EQ(found["ports"][1]["tx_bytes"], expected["ports"]["ISP-1"]["tx_bytes"]);
  EXPECT_EQ(found["ports"].size(), expected["ports"].size());
  EXPECT_EQ(found["dropped"], 3) << "by workers: what the control core drops it was handed before";
  for (const char* key : {"ports", "dropped"}) {
    expected.erase(key);
    found.erase(key);
  }
  EXPECT_EQ(found, expected);
}

TEST(Telemetry, DropsHaveEveryReason) {
  const Json drops = ask("/spillway/drops");
  EXPECT_EQ(drops.size(), kDropReasons);
  EXPECT_EQ(drops["tx_full"], 7);
  EXPECT_EQ(drops["no_uplink"], 0);
}

TEST(Telemetry, Workers) {
  const Json found = ask("/spillway/workers");
  EXPECT_EQ(found, Json::parse(R"({"uptime_ms": 100000, "buffers": 4096, "buffers_in_use": 512,
    "workers": [{"iterations": 1000, "busy_ms": 1500, "stalled": true, "received": 13, "given": 2,
      "taken": 1, "connections": 5, "capacity": 64}]})"));
}

TEST(Telemetry, ConnectionsByStateAndMark) {
  const Json found = ask("/spillway/connections");
  EXPECT_EQ(found["open"], 5);
  EXPECT_EQ(found["capacity"], 64);
  EXPECT_EQ(found["states"]["tcp_established"], 4);
  EXPECT_EQ(found["states"]["udp"], 1);
  EXPECT_EQ(found["states"].size(), kConnStates);
  EXPECT_EQ(found["marks"],
            Json::parse(R"([{"mark": "Sticky", "uplink": "ISP_2", "open": 5, "opened": 9}])"));
}

TEST(Telemetry, TheLastEvents) {
  const Json two = ask("/spillway/events");
  ASSERT_EQ(two["events"].size(), 2u);
  EXPECT_EQ(two["events"][0]["number"], 41);
  EXPECT_EQ(ask("/spillway/events", "1"), Json::parse(R"({"events": [{"number": 42,
    "time_ms": 1700000000456, "kind": "health", "severity": "error", "subject": "ISP_1",
    "text": "ISP_1: up -> down: link lost"}]})"));
}

TEST(Telemetry, R44_MistakesAreNamed) {
  EXPECT_EQ(ask("/spillway/uplink", "ISP_9"),
            Json::parse(R"({"error": "found \"ISP_9\"; allowed: ISP_1, ISP_2"})"));
  for (const std::string bad : {"0", "33", "-1", "x", "1 2", "99999999999999999999"})
    EXPECT_EQ(ask("/spillway/events", bad)["error"],
              "found \"" + bad + "\"; allowed: a number from 1 to 32");
}

}  // namespace
}  // namespace spillway::telemetry
