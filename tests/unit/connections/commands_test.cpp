// `show connections`, `show connections count`, `clear connections`, `explain`: what they ask and
// say.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/connections/connection_list.h"
#include "tests/unit/connections/command_desk.h"

namespace spillway::test {
namespace {

using Json = nlohmann::json;
using Kind = ConnectionQuery::Kind;

std::vector<ConnectionRow> many_rows(std::size_t n) {
  std::vector<ConnectionRow> rows;
  for (std::size_t i = 0; i < n; ++i) {
    rows.push_back(row_from(static_cast<std::uint16_t>(1 + i % 60000)));
    rows.back().count[0].bytes = i * 7919 % n;
  }
  return rows;
}

TEST(ShowConnections, AsksForWhatWasNamedAndPrintsEach) {
  Desk desk(many_rows(3));
  const std::string text = desk.obey("show connections proto tcp dport 443");
  EXPECT_TRUE(desk.good);
  EXPECT_EQ(desk.log.asked.kind, Kind::list);
  EXPECT_EQ(desk.log.asked.filter.destination_port, 443);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5) << text;
  EXPECT_TRUE(text.ends_with("\n3 connections\n")) << text;
  EXPECT_EQ(desk.log.open, 0u) << "its place is free again";
}

TEST(ShowConnections, ComesInPiecesThatStaySmall) {
  Desk desk(many_rows(5000));
  const std::string text = desk.obey("show connections");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5002);
  EXPECT_LT(desk.largest, 2 * AnswerRest::kPiece);
}

TEST(ShowConnections, ALimitEndsTheQuestionEarly) {
  Desk desk(many_rows(100'000));
  const std::string text = desk.obey("show connections limit 3");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
  EXPECT_NE(text.find("3 connections, and there are more"), std::string::npos) << text;
  EXPECT_LT(desk.log.taken, 200u);
  EXPECT_TRUE(desk.obey("show connections limit 100000").ends_with("\n100000 connections\n"));
}

TEST(ShowConnections, SortedTheFirstOnesAreShownAndThatIsSaid) {
  Desk desk(many_rows(1000));
  const Json json = Json::parse(desk.obey("show connections sort bytes --json"));
  ASSERT_EQ(json["connections"].size(), ListOptions::kUsualSorted);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(json["connections"][i]["bytes"][0], 999 - i);
  EXPECT_EQ(json["shown"], 50);
  EXPECT_EQ(json["matched"], 1000);
  EXPECT_EQ(json["sorted_by"], "bytes");
  EXPECT_EQ(json["trouble"], nullptr);
  EXPECT_TRUE(desk.obey("show connections sort age limit 2")
                  .ends_with("the first 2 of 1000 connections by age; `limit` says how many to "
                             "show\n"));
  EXPECT_EQ(Json::parse(desk.obey("show connections sort src limit 5000 --json"))["shown"], 1000);
}

TEST(ShowConnections, NoneAreNone) {
  Desk desk;
  EXPECT_TRUE(desk.obey("show connections").ends_with("0 connections\n"));
  EXPECT_EQ(Json::parse(desk.obey("show connections --json"))["connections"], Json::array());
  EXPECT_EQ(desk.obey("show connections format conntrack"), "");
}

TEST(ShowConnections, R46_AStalledWorkerIsSaid) {
  Desk desk(many_rows(2));
  desk.stuck = true;
  EXPECT_TRUE(desk.obey("show connections")
                  .ends_with("2 connections, and not all: a worker has not answered for 5 s\n"));
  const Json json = Json::parse(desk.obey("show connections --json"));
  EXPECT_EQ(json["trouble"], "a worker has not answered for 5 s");
  EXPECT_EQ(json["matched"], nullptr);
  EXPECT_EQ(desk.obey("show connections count"), "a worker has not answered for 5 s\n");
}

TEST(ShowConnections, R44_WhatIsWrongIsNamed) {
  Desk desk;
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"show connections sort mark",
       "show connections: sort: found \"mark\"; allowed: bytes, packets, age, timeout, src, dst\n"},
      {"show connections limit 0",
       "show connections: limit: found \"0\"; allowed: a number from 1 to 1000000000\n"},
      {"show connections sort age limit 10001",
       "show connections: limit: found \"10001\"; allowed: a number from 1 to 10000\n"},
      {"show connections format xml",
       "show connections: format: found \"xml\"; allowed: conntrack, without --json\n"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(desk.obey(row.line), row.error);
    EXPECT_FALSE(desk.good);
  }
  desk.busy = true;
  EXPECT_EQ(desk.obey("show connections"),
            "show connections: found 4 others that look at connections; allowed: 4 at a time, try "
            "again\n");
  EXPECT_FALSE(desk.good);
}

TEST(CountConnections, SaysTheNumberAlone) {
  Desk desk(many_rows(17));
  EXPECT_EQ(desk.obey("show connections count uplink ISP_2"), "17\n");
  EXPECT_EQ(desk.log.asked.kind, Kind::count);
  EXPECT_EQ(desk.log.asked.filter.uplinks, 2);
  EXPECT_EQ(desk.obey("show connections count --json"), "{\"connections\": 17}\n");
}

TEST(ClearConnections, NeedsAFilterOrAll) {
  Desk desk(many_rows(4));
  EXPECT_TRUE(desk.obey("clear connections").starts_with("clear connections: found no filter;"));
  EXPECT_FALSE(desk.good);
  EXPECT_FALSE(desk.table.obey("clear connections all proto tcp").good);
  EXPECT_EQ(desk.log.taken, 0u) << "nobody was asked";
  EXPECT_EQ(desk.obey("clear connections proto udp"), "connections ended: 4\n");
  EXPECT_EQ(desk.log.asked.kind, Kind::clear);
  EXPECT_EQ(desk.log.asked.filter.proto, 17);
  EXPECT_EQ(desk.obey("clear connections all --json"), "{\"ended\": 4}\n");
  EXPECT_EQ(desk.log.asked.filter.proto, 0);
}

}  // namespace
}  // namespace spillway::test
