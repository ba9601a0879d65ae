#include "control/connections/filter_words.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/connections/connection_rows.h"

namespace spillway::test {
namespace {

NamedConnections named(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  Arguments arguments(words);
  const NamedConnections found = take_filter(arguments, two_uplinks());
  arguments.finish("nothing more");
  return found;
}

std::string error_of(const std::string& line) {
  try {
    named(line);
  } catch (const CommandError& e) {
    return e.what();
  }
  return "";
}

TEST(Filter, WithoutWordsItIsAll) {
  EXPECT_TRUE(named("").all);
  EXPECT_FALSE(named("src 10.0.0.0/8").all);
}

TEST(Filter, EveryWordSetsItsPart) {
  const ConnectionFilter f =
      named(
          "src 10.0.0.0/8 dst 9.9.9.9 addr 1.1.1.32 sport 1 dport 2 port 3 proto udp "
          "uplink ISP_2 state udp,udp_stream")
          .filter;
  EXPECT_EQ(to_string(f.source), "10.0.0.0/8");
  EXPECT_EQ(to_string(f.destination), "9.9.9.9/32");
  EXPECT_EQ(to_string(f.either), "1.1.1.32/32");
  EXPECT_EQ(f.source_port, 1);
  EXPECT_EQ(f.destination_port, 2);
  EXPECT_EQ(f.either_port, 3);
  EXPECT_EQ(f.proto, 17);
  EXPECT_EQ(f.uplinks, 2);
  EXPECT_EQ(f.states, 1u << index_of(ConnState::udp) | 1u << index_of(ConnState::udp_stream));
}

TEST(Filter, StatesAreKnownUnderEverySpelling) {
  for (const char* word : {"established", "ESTABLISHED", "tcp_established"})
    EXPECT_EQ(named(std::string("state ") + word).filter.states,
              1u << index_of(ConnState::tcp_established));
  for (const char* word : {"SYN_RECV", "syn-received"})
    EXPECT_EQ(named(std::string("state ") + word).filter.states,
              1u << index_of(ConnState::tcp_syn_received));
}

TEST(Filter, AMarkNamesItsUplinkToo) {
  const ConnectionFilter sticky = named("mark Sticky_ISP_2").filter;
  EXPECT_EQ(sticky.marks, 1u << static_cast<unsigned>(Mark::sticky));
  EXPECT_EQ(sticky.uplinks, 2);
  EXPECT_EQ(named("mark no-mark").filter.uplinks, 0);
  EXPECT_EQ(named("mark WAN1->LANs uplink ISP_1").filter.uplinks, 1);
}

TEST(Filter, R44_WhatIsWrongIsNamed) {
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"src 10.0.0.1/8",
       "src: found \"10.0.0.1/8\"; allowed: an address or a prefix without bits behind its length, "
       "as 10.0.0.0/8"},
      {"dport 65536", "dport: found \"65536\"; allowed: a number from 1 to 65535"},
      {"port 0", "port: found \"0\"; allowed: a number from 1 to 65535"},
      {"sport 80x", "sport: found \"80x\"; allowed: a number from 1 to 65535"},
      {"proto tpc", "proto: found \"tpc\"; allowed: tcp, udp, icmp, or a number from 1 to 255"},
      {"uplink ISP_3", "uplink: found \"ISP_3\"; allowed: ISP_1, ISP_2"},
      {"mark Sticky_ISP_2 uplink ISP_1",
       "mark: found \"Sticky_ISP_2\"; allowed: one of the uplink that is named beside it"},
      {"mark sticky",
       "mark: found \"sticky\"; allowed: no-mark, WAN1->ROS, WAN2->ROS, WAN1->LANs, WAN2->LANs, "
       "LAN->WAN, Sticky_ISP_1, Sticky_ISP_2, ROS->WAN1, ROS->WAN2"},
      {"state open",
       "state: found \"open\"; allowed: syn-sent, syn-received, established, fin-wait, close-wait, "
       "last-ack, time-wait, close, udp, udp-stream, icmp, generic"},
      {"state udp,",
       "state: found \"\"; allowed: syn-sent, syn-received, established, fin-wait, "
       "close-wait, last-ack, time-wait, close, udp, udp-stream, icmp, generic"},
      {"dst", "nothing stands behind dst"},
      {"source 10.0.0.1", "found \"source\"; allowed: nothing more"},
  };
  for (const auto& row : rows) EXPECT_EQ(error_of(row.line), row.error);
}

}  // namespace
}  // namespace spillway::test
