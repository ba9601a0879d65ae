#include "control/ports/sorting.h"

#include <gtest/gtest.h>
#include <rte_ethdev.h>

#include <array>

namespace spillway {
namespace {

constexpr std::uint64_t kIntel = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP |
                                 RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_IPV6;

rte_eth_dev_info card(std::uint16_t queues, std::uint16_t table, std::uint8_t key,
                      std::uint64_t functions) {
  rte_eth_dev_info info{};
  info.max_rx_queues = info.max_tx_queues = queues;
  info.reta_size = table;
  info.hash_key_size = key;
  info.flow_type_rss_offloads = functions;
  return info;
}

SortAbility ability(std::uint16_t queues, std::uint16_t table, std::uint8_t key,
                    std::uint64_t functions) {
  return SortAbility::of(card(queues, table, key, functions));
}

/// As the drivers of DPDK 22.11 describe themselves.
TEST(Sorting, IntelCardsSort) {
  struct Card {
    const char* driver;
    std::uint16_t queues, table;
    std::uint8_t key;
  };
  for (const Card& c :
       {Card{"igb 82576", 16, 128, 40}, Card{"igb i210", 4, 128, 40}, Card{"igc i225", 4, 128, 40},
        Card{"ixgbe 82599", 128, 128, 40}, Card{"ixgbe x550", 128, 512, 40},
        Card{"i40e", 192, 512, 52}, Card{"ice", 256, 512, 52}, Card{"iavf", 16, 64, 52}}) {
    const SortAbility a = ability(c.queues, c.table, c.key, kIntel);
    EXPECT_TRUE(a.sorts()) << c.driver;
    EXPECT_EQ(a.sortable(), c.queues) << c.driver;
    EXPECT_TRUE(a.tcp_ports && a.udp_ports) << c.driver;
    EXPECT_EQ(a.hash_functions & RTE_ETH_RSS_IPV6, 0u) << c.driver;
  }
}

/// An entry of 4 bits would send what belongs to worker 16 to worker 0.
TEST(Sorting, EntriesThatAreTooNarrowBoundTheQueues) {
  const auto queues = [](const char* driver, std::uint16_t table) {
    rte_eth_dev_info info = card(128, table, 40, kIntel);
    info.driver_name = driver;
    return SortAbility::of(info).sortable();
  };
  EXPECT_EQ(queues("net_ixgbe", 128), 16u) << "82599, X540";
  EXPECT_EQ(queues("net_ixgbe", 512), 128u) << "X550: 6 bits, as many as there can be workers";
  EXPECT_EQ(queues("net_i40e", 128), 128u);
}

TEST(Sorting, OthersDoNot) {
  EXPECT_FALSE(ability(1, 128, 40, kIntel).sorts()) << "one queue";
  EXPECT_FALSE(ability(16, 0, 40, kIntel).sorts()) << "no table: virtio, packet sockets";
  EXPECT_FALSE(ability(16, 128, 0, kIntel).sorts()) << "a key of its own";
  EXPECT_FALSE(ability(16, 128, 80, kIntel).sorts()) << "a longer key than we have";
  EXPECT_FALSE(ability(16, 128, 40, RTE_ETH_RSS_IPV6).sorts()) << "no IPv4";
  EXPECT_EQ(ability(16, 0, 40, kIntel).sortable(), 0u);
}

TEST(Sorting, TheHashKeepsToTheLeastOfAllThatSort) {
  const std::array cards = {ability(16, 512, 52, kIntel), ability(16, 64, 52, RTE_ETH_RSS_IPV4),
                            ability(4, 0, 0, 0)};
  const RssHash::Settings s = common_settings(77, cards);
  EXPECT_EQ(s.random, 77u);
  EXPECT_EQ(s.index_bits, 6u);
  EXPECT_FALSE(s.tcp_ports);
  EXPECT_FALSE(s.udp_ports);
  EXPECT_EQ(common_settings(1, std::span(cards).first(1)).index_bits, RssHash::kMostIndexBits);
  EXPECT_TRUE(common_settings(1, std::span(cards).last(1)).tcp_ports) << "it does not count";
}

TEST(Sorting, CardsGetTheKeyOfTheirSide) {
  const RssHash hash({.random = 5, .udp_ports = false});
  for (const bool lan : {true, false}) {
    rte_eth_conf conf{};
    configure_sorting(conf, ability(16, 128, 40, kIntel), {&hash, lan, nullptr});
    EXPECT_EQ(conf.rxmode.mq_mode, RTE_ETH_MQ_RX_RSS);
    const auto& rss = conf.rx_adv_conf.rss_conf;
    EXPECT_EQ(rss.rss_key, (lan ? hash.lan_key() : hash.uplink_key()).data());
    EXPECT_EQ(rss.rss_key_len, 40u);
    EXPECT_NE(rss.rss_hf & RTE_ETH_RSS_NONFRAG_IPV4_TCP, 0u);
    EXPECT_EQ(rss.rss_hf & RTE_ETH_RSS_NONFRAG_IPV4_UDP, 0u) << "other cards do not look at them";
  }
}

}  // namespace
}  // namespace spillway
