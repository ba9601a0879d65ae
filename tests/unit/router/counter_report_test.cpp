#include "control/router/counter_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace spillway {
namespace {

/// 10 packets in: 6 forwarded, 1 dropped, 1 ARP and 2 for Linux, which answers one.
CounterTotals sample() {
  CounterTotals t;
  t.ports = {{"LAN", 10, 1000, 1, 60}, {"ISP_1", 0, 0, 8, 640}, {"linux", 1, 80, 0, 0}};
  t.drops[index_of(DropReason::martian_source)] = 1;
  t.punted = 3;
  t.relayed = 2;
  t.control.arp = 1;
  t.control.to_linux = 2;
  t.control.from_linux = 3;
  t.control.answered = 1;
  t.control.routed = 1;
  t.control.transmitted = 2;
  t.control.arp_sent = 1;
  return t;
}

TEST(CounterReport, R42_ThisBalances) {
  EXPECT_TRUE(sample().balanced());
}

TEST(CounterReport, R42_ASinglePacketTooManyAnywhereDoesNot) {
  using Change = void (*)(CounterTotals&);
  const Change changes[] = {
      [](CounterTotals& t) { ++t.ports[0].rx_packets; },
      [](CounterTotals& t) { ++t.ports[1].tx_packets; },
      [](CounterTotals& t) { ++t.drops[0]; },
      [](CounterTotals& t) { ++t.generated; },
      [](CounterTotals& t) { ++t.split; },
      [](CounterTotals& t) { ++t.merged; },
      [](CounterTotals& t) { ++t.held; },
      [](CounterTotals& t) { ++t.punted; },
      [](CounterTotals& t) { ++t.relayed; },
      [](CounterTotals& t) { ++t.under_way.punted; },
      [](CounterTotals& t) { ++t.under_way.routed; },
      [](CounterTotals& t) { ++t.under_way.transmitted; },
      [](CounterTotals& t) { ++t.control.arp; },
      [](CounterTotals& t) { ++t.control.to_linux; },
      [](CounterTotals& t) { ++t.control.from_linux; },
      [](CounterTotals& t) { ++t.control.answered; },
      [](CounterTotals& t) { ++t.control.routed; },
      [](CounterTotals& t) { ++t.control.transmitted; },
      [](CounterTotals& t) { ++t.control.arp_sent; },
      [](CounterTotals& t) { t.control.drop_in(DropReason::punt_local); },
      [](CounterTotals& t) { t.control.drop_out(DropReason::ipv6); },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    CounterTotals t = sample();
    changes[i](t);
    EXPECT_FALSE(t.balanced()) << "change " << i;
  }
}

TEST(CounterReport, WorkersAreAddedUp) {
  WorkerCounters worker;
  worker.ports[0].rx_packets.add(5);
  worker.ports[index_of(PortIndex::kernel)].rx_packets.add(2);
  worker.drops[index_of(DropReason::tx_full)].add(3);
  worker.held.set(4);
  CounterTotals t;
  t.ports = {{"LAN"}, {"linux"}};
  t.add(worker);
  t.add(worker);
  EXPECT_EQ(t.ports[0].rx_packets, 10u);
  EXPECT_EQ(t.ports[1].rx_packets, 4u);
  EXPECT_EQ(t.drops[index_of(DropReason::tx_full)], 6u);
  EXPECT_EQ(t.held, 8u);
}

TEST(CounterReport, TextNamesEachReasonAndTheSum) {
  CounterTotals t = sample();
  const std::string text = to_text(t);
  EXPECT_NE(text.find("martian_source: source is not a unicast host address"), std::string::npos);
  EXPECT_EQ(text.find("tx_full"), std::string::npos) << "what did not happen is not listed";
  EXPECT_NE(text.find("received 11 + made here 2 = sent 9 + dropped 1 + for the router 3"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\ncounters balance\n"), std::string::npos);
  ++t.held;
  EXPECT_NE(to_text(t).find("\ncounters do not balance\n"), std::string::npos);
}

TEST(CounterReport, JsonHasTheSameNumbers) {
  const auto json = nlohmann::json::parse(to_json(sample()));
  EXPECT_EQ(json["balanced"], true);
  EXPECT_EQ(json["received"], 11);
  EXPECT_EQ(json["ports"]["ISP_1"]["tx_packets"], 8);
  EXPECT_EQ(json["dropped"]["martian_source"], 1);
  EXPECT_EQ(json["dropped"].size(), 1u);
}

}  // namespace
}  // namespace spillway
