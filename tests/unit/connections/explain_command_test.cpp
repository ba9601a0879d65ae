// `explain`: how it reads a packet, and what it says of connections that live.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/connections/explain_command.h"
#include "tests/unit/connections/command_desk.h"

namespace spillway::test {
namespace {

using Json = nlohmann::json;
using Kind = ConnectionQuery::Kind;

/// A router that refuses every new connection by a rule.
struct Explaining : Desk {
  explicit Explaining(std::vector<ConnectionRow> all = {}) : Desk(std::move(all)) {
    add_explain_command(table, desk(), [](const FlowKey& key) {
      Explanation e;
      e.key = key;
      e.from = "LAN";
      e.drop = DropReason::policy;
      return e;
    });
  }
};

ExplainQuestion question(const std::vector<std::string>& words) {
  Arguments arguments(words);
  return take_packet(arguments, two_uplinks());
}

TEST(Explain, APacketIsReadAsAPersonWritesIt) {
  const FlowKey tcp = question({"tcp", "192.168.22.10:40000", "9.9.9.9:443"}).key;
  EXPECT_EQ(tcp.src, Ipv4Addr::of(192, 168, 22, 10));
  EXPECT_EQ(tcp.src_port.host(), 40000);
  EXPECT_EQ(tcp.dst_port.host(), 443);
  EXPECT_EQ(tcp.zone, Zone::lan);
  EXPECT_TRUE(question({"udp", "192.168.22.10", "9.9.9.9:53"}).port_assumed);
  EXPECT_FALSE(question({"47", "192.168.22.10", "9.9.9.9"}).port_assumed);
  EXPECT_EQ(question({"icmp", "192.168.22.10:7", "9.9.9.9"}).key.src_port.host(), 7);
}

TEST(Explain, WhereAPacketComesFrom) {
  EXPECT_EQ(question({"tcp", "1.1.1.32:1", "9.9.9.9:80"}).key.zone, Zone::kernel);
  EXPECT_EQ(question({"tcp", "9.9.9.9:1", "2.2.2.65:80"}).key.zone, zone_of(uplink_id(1)));
  EXPECT_EQ(question({"tcp", "9.9.9.9:1", "5.5.5.5:80"}).key.zone, Zone::lan);
  EXPECT_EQ(question({"tcp", "9.9.9.9:1", "5.5.5.5:80", "from", "uplink", "ISP_1"}).key.zone,
            zone_of(uplink_id(0)));
  EXPECT_EQ(question({"tcp", "9.9.9.9:1", "5.5.5.5:80", "from", "router"}).key.zone, Zone::kernel);
}

TEST(Explain, R44_WhatIsWrongIsNamed) {
  Explaining desk;
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"explain",
       "explain: found too few words; allowed: PROTO SRC[:PORT] DST[:PORT] [from "
       "lan|router|uplink NAME] [--json]\n"},
      {"explain tpc 10.0.0.1 9.9.9.9",
       "explain: found \"tpc\"; allowed: tcp, udp, icmp, or a number from 1 to 255\n"},
      {"explain tcp 10.0.0.1:x 9.9.9.9:80",
       "explain: found \"10.0.0.1:x\"; allowed: an address, or address:port as 9.9.9.9:443\n"},
      {"explain tcp 10.0.0.1 9.9.9.9",
       "explain: found no port behind 9.9.9.9; allowed: 9.9.9.9:PORT for tcp\n"},
      {"explain 47 10.0.0.1 9.9.9.9:80", "explain: found a port; allowed: none for 47\n"},
      {"explain icmp 10.0.0.1 9.9.9.9:80",
       "explain: found a port; allowed: none for icmp, but an identifier behind the source\n"},
      {"explain tcp 10.0.0.1 9.9.9.9:80 from wan",
       "explain: from: found \"wan\"; allowed: lan, router, uplink NAME\n"},
      {"explain tcp 10.0.0.1 9.9.9.9:80 from uplink ISP_9",
       "explain: from uplink: found \"ISP_9\"; allowed: ISP_1, ISP_2\n"},
      {"explain tcp 10.0.0.1 9.9.9.9:80 now",
       "explain: found \"now\"; allowed: PROTO SRC[:PORT] DST[:PORT] [from lan|router|uplink NAME] "
       "[--json]\n"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(desk.obey(row.line), row.error);
    EXPECT_FALSE(desk.good);
  }
}

TEST(Explain, WhatLivesStaysWhateverANewOneWouldDo) {
  Explaining desk({row_from()});
  EXPECT_TRUE(desk.obey("explain tcp 192.168.22.10:40000 9.9.9.9:443")
                  .ends_with("connections: 1 such, on their uplink until they end:\n"
                             "  tcp 192.168.22.10:40000 -> 9.9.9.9:443: Sticky_ISP_1, ISP_1, "
                             "established for 00:01:02, source 1.1.1.32:40000\n"));
  EXPECT_EQ(desk.log.asked.kind, Kind::find);
  const Json json = Json::parse(desk.obey("explain tcp 192.168.22.10 9.9.9.9:443 --json"));
  EXPECT_EQ(desk.log.asked.kind, Kind::list) << "any source port";
  EXPECT_EQ(json["connections"][0]["uplink"], "ISP_1");
  EXPECT_EQ(json["connections_matched"], 1);
  EXPECT_EQ(json["source_port_assumed"], true);
  EXPECT_EQ(json["verdict"], "drop");
  desk.rows.clear();
  EXPECT_TRUE(desk.obey("explain tcp 192.168.22.10:1 9.9.9.9:443")
                  .ends_with("connections: no such one lives\n"));
}

}  // namespace
}  // namespace spillway::test
