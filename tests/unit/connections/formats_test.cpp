#include "control/connections/connection_formats.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/unit/connections/connection_rows.h"

namespace spillway::test {
namespace {

using Json = nlohmann::json;

/// As programs that read `conntrack -L` take its lines apart.
const std::regex kConntrack(
    R"(^(\w+)\s+(\d+)\s+(\d+)\s+(?:([A-Z_]+)\s+)?)"
    R"(src=(\S+)\s+dst=(\S+)\s+(?:sport=(\d+)\s+dport=(\d+)|type=(\d+)\s+code=(\d+)\s+id=(\d+))?\s*)"
    R"(packets=(\d+)\s+bytes=(\d+)\s+(\[UNREPLIED\]\s+)?)"
    R"(src=(\S+)\s+dst=(\S+)\s+(?:sport=(\d+)\s+dport=(\d+)|type=(\d+)\s+code=(\d+)\s+id=(\d+))?\s*)"
    R"(packets=(\d+)\s+bytes=(\d+)\s+(\[ASSURED\]\s+)?mark=(\d+)\s+use=(\d+)\s*$)");

std::vector<std::string> fields_of(const ConnectionRow& row) {
  std::string line = conntrack_line(row);
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  std::smatch match;
  EXPECT_TRUE(std::regex_match(line, match, kConntrack)) << line;
  return {match.begin() + (match.empty() ? 0 : 1), match.end()};
}

TEST(Formats, ConntrackSaysTheSameOfTcp) {
  const std::vector<std::string> expected = {"tcp",
                                             "6",
                                             "86398",
                                             "ESTABLISHED",
                                             "192.168.22.10",
                                             "9.9.9.9",
                                             "40000",
                                             "443",
                                             "",
                                             "",
                                             "",
                                             "12",
                                             "1200",
                                             "",
                                             "9.9.9.9",
                                             "1.1.1.32",
                                             "443",
                                             "40000",
                                             "",
                                             "",
                                             "",
                                             "14",
                                             "18000",
                                             "[ASSURED] ",
                                             "1",
                                             "1"};
  EXPECT_EQ(fields_of(row_from()), expected);
}

TEST(Formats, ConntrackSaysTheSameOfUdpWithoutAnAnswer) {
  ConnectionRow row = row_from();
  row.original.proto = row.reply.proto = IpProto::udp;
  row.state = ConnState::udp;
  row.count[1] = {};
  row.left_ms = 9'999;
  EXPECT_EQ(conntrack_line(row),
            "udp      17 9 src=192.168.22.10 dst=9.9.9.9 sport=40000 dport=443 packets=12 "
            "bytes=1200 [UNREPLIED] src=9.9.9.9 dst=1.1.1.32 sport=443 dport=40000 packets=0 "
            "bytes=0 mark=1 use=1\n");
  EXPECT_EQ(fields_of(row)[13], "[UNREPLIED] ");
}

TEST(Formats, ConntrackSaysTheSameOfPingAndTunnels) {
  ConnectionRow row = row_from(77);
  row.original.proto = row.reply.proto = IpProto::icmp;
  row.original.dst_port = row.reply.src_port = {};
  row.state = ConnState::icmp;
  const auto ping = fields_of(row);
  EXPECT_EQ(ping[0], "icmp");
  EXPECT_EQ(ping[8], "8");
  EXPECT_EQ(ping[10], "77");
  EXPECT_EQ(ping[18], "0");
  EXPECT_EQ(ping[20], "77");
  row.original.proto = row.reply.proto = static_cast<IpProto>(47);
  row.state = ConnState::generic;
  EXPECT_EQ(fields_of(row)[0], "gre");
  row.original.proto = row.reply.proto = static_cast<IpProto>(50);
  EXPECT_EQ(fields_of(row)[0], "unknown");
}

TEST(Formats, TheTableHasTheTalksColumns) {
  const config::Config config = two_uplinks();
  const std::string line = table_line(row_from(), config);
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  const std::vector<std::string> expected = {"192.168.22.10:40000",
                                             "9.9.9.9:443",
                                             "tcp",
                                             "Sticky_ISP_1",
                                             "ISP_1",
                                             "23:59:58",
                                             "established",
                                             "src",
                                             "1.1.1.32:40000",
                                             "12",
                                             "1200",
                                             "14",
                                             "18000",
                                             "00:01:02"};
  EXPECT_EQ(words, expected);
}

TEST(Formats, JsonHasAllThatIsKnown) {
  const config::Config config = two_uplinks();
  ConnectionRow row = row_from();
  EXPECT_EQ(Json::parse(connection_json(row, config)), Json::parse(R"({
    "source": "192.168.22.10", "source_port": 40000, "destination": "9.9.9.9",
    "destination_port": 443, "protocol": "tcp", "mark": "Sticky_ISP_1", "uplink": "ISP_1",
    "state": "established", "timeout_s": 86398.0, "translated_source": "1.1.1.32:40000",
    "translated_destination": null, "packets": [12, 14], "bytes": [1200, 18000], "age_s": 62.5,
    "idle_s": 2.0})"));
  row.mark = Mark::no_mark;
  row.uplink = UplinkId::none;
  row.reply = reversed(row.original, Zone::lan);
  row.reply.src = Ipv4Addr::of(192, 168, 22, 11);
  const Json inside = Json::parse(connection_json(row, config));
  EXPECT_EQ(inside["uplink"], nullptr);
  EXPECT_EQ(inside["translated_source"], nullptr);
  EXPECT_EQ(inside["translated_destination"], "192.168.22.11:443");
}

TEST(Formats, TimesAreHoursMinutesSeconds) {
  EXPECT_EQ(clock_text(999), "00:00:00");
  EXPECT_EQ(clock_text(61'000), "00:01:01");
  EXPECT_EQ(clock_text(432'000'000), "120:00:00");
}

}  // namespace
}  // namespace spillway::test
