// `show events` and `show uplinks`.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/commands/event_commands.h"
#include "control/commands/uplink_commands.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

struct Events {
  Events() { add_event_commands(table, log); }
  void add(const std::string& text) {
    log.add(TimePoint(1500ms), {.kind = EventKind::health,
                                .severity = Severity::error,
                                .subject = "ISP_1",
                                .text = text,
                                .facts = {{"from", "up"}, {"to", "down"}}});
  }
  EventLog log{[] { return std::int64_t{1'700'000'000'123}; }};
  CommandTable table;
};

TEST(EventCommands, JsonHasAllThatAnEventSays) {
  Events events;
  events.add("ISP_1: up -> down: link lost");
  const Json json = Json::parse(events.table.obey("show events --json").text);
  EXPECT_EQ(json, Json::parse(R"([{"number": 1, "time_ms": 1700000000123, "uptime_s": 1.5,
    "kind": "health", "severity": "error", "subject": "ISP_1",
    "text": "ISP_1: up -> down: link lost", "facts": {"from": "up", "to": "down"}}])"));
}

TEST(EventCommands, TheLastOnesInOrder) {
  Events events;
  EXPECT_EQ(events.table.obey("show events").text, "");
  EXPECT_EQ(Json::parse(events.table.obey("show events --json").text), Json::array());
  for (int i = 1; i <= 30; ++i) events.add("event " + std::to_string(i));
  const Json twenty = Json::parse(events.table.obey("show events --json").text);
  EXPECT_EQ(twenty.size(), 20u);
  EXPECT_EQ(twenty.back()["number"], 30);
  const Json two = Json::parse(events.table.obey("show events 2 --json").text);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0]["text"], "event 29");
  const std::string text = events.table.obey("show events 2").text;
  EXPECT_NE(text.find(".123  error     health   event 30\n"), std::string::npos) << text;
}

TEST(EventCommands, R44_BytesThatAreNoTextDoNoHarm) {
  Events events;
  events.add("a \xff byte");
  EXPECT_TRUE(Json::accept(events.table.obey("show events --json").text));
}

std::vector<UplinkView> two_uplinks() {
  UplinkView first;
  first.name = "ISP_1";
  first.health = "down";
  first.reason = "link lost";
  first.since = 2500ms;
  first.hold_down = 1000ms;
  first.link = false;
  first.rate = {{1000}, {200}};
  first.threshold = config::Threshold{config::Traffic::received, config::RateLimit::both({5000}),
                                      config::RateLimit::both({4000})};
  first.room = Balancer::Room{{300}, {40}, 7};
  first.probes.push_back({"arp", "1.1.1.1", "failed", false, 9, 6, 0.25, 4ms, 1ms});
  UplinkView second;
  second.name = "ISP_2";
  second.health = "up";
  second.active = second.usable = true;
  return {first, second};
}

TEST(UplinkCommands, JsonHasAllThatIsKnown) {
  CommandTable table;
  add_uplink_commands(table, two_uplinks);
  const Json json = Json::parse(table.obey("show uplinks --json").text);
  EXPECT_EQ(json["active"], "ISP_2");
  EXPECT_EQ(json["uplinks"][0], Json::parse(R"({"name": "ISP_1", "health": "down",
    "reason": "link lost", "since_s": 2.5, "hold_down_ms": 1000.0, "link": false, "active": false,
    "usable": false, "overloaded": false, "rx_bps": 1000, "tx_bps": 200,
    "threshold": {"traffic": "received", "spill_above": 5000, "return_below": 4000},
    "reserved_bps": 300, "each_bps": 40, "headroom": 7, "probes": [{"kind": "arp", "target": "1.1.1.1",
      "verdict": "failed", "blamed": false, "sent": 9, "answered": 6, "loss": 0.25,
      "rtt_ms": 4.0, "jitter_ms": 1.0}]})"));
  EXPECT_EQ(json["uplinks"][1]["threshold"], nullptr);
  EXPECT_EQ(json["uplinks"][1]["headroom"], nullptr);
}

TEST(UplinkCommands, R31_WhenAllUsableOnesAreOverloadedItSaysSo) {
  auto uplinks = two_uplinks();
  EXPECT_EQ(Json::parse(uplinks_to_json(uplinks))["all_overloaded"], false);
  uplinks[1].overloaded = true;
  EXPECT_EQ(Json::parse(uplinks_to_json(uplinks))["all_overloaded"], true);
  EXPECT_TRUE(uplinks_to_text(uplinks).ends_with(
      "all uplinks overloaded: each new connection goes to the least loaded one\n"));
  uplinks[1].usable = false;
  EXPECT_EQ(Json::parse(uplinks_to_json(uplinks))["all_overloaded"], false) << "there is none";
}

TEST(UplinkCommands, WithoutAnActiveOneJsonSaysNull) {
  EXPECT_EQ(Json::parse(uplinks_to_json({two_uplinks()[0]}))["active"], nullptr);
}

TEST(UplinkCommands, TextIsForPeople) {
  CommandTable table;
  add_uplink_commands(table, two_uplinks);
  EXPECT_EQ(table.obey("show uplinks").text,
            "ISP_1: down for 2.5 s (link lost); not used; received 1000 bit/s, sent 200 bit/s\n"
            "  threshold: received above 5000 bit/s, back below 4000 bit/s\n"
            "  reserved: 300 bit/s; room for 7 connections of 40 bit/s until the next sample\n"
            "  arp     1.1.1.1          failed: 6 of 9 answered, loss 25 %, 4.0 ms, jitter 1.0 ms\n"
            "ISP_2: up for 0.0 s; active; received 0 bit/s, sent 0 bit/s\n");
}

}  // namespace
}  // namespace spillway
