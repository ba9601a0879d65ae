#include "control/ports/sorting.h"

#include <rte_ethdev.h>

#include <algorithm>
#include <bit>
#include <string_view>
#include <vector>

namespace spillway {
namespace {

constexpr std::uint64_t kAddresses = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_OTHER;
constexpr std::uint64_t kAll = kAddresses | RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP |
                               RTE_ETH_RSS_NONFRAG_IPV4_UDP;
/// Of the key IPv4 with ports reads 12 bytes of input, and 32 bits beyond each bit.
constexpr std::uint8_t kLeastKey = 16;

/// Queues that an entry of the table can name: 82599 and X540 have 128 queues, and entries of 4
/// bits. A greater number would be cut, and its packets reach a worker that knows nothing of them.
std::uint16_t queues_in_reach(const rte_eth_dev_info& info) noexcept {
  const std::string_view driver = info.driver_name == nullptr ? "" : info.driver_name;
  const bool narrow = driver == "net_ixgbe" && info.reta_size <= RTE_ETH_RSS_RETA_SIZE_128;
  return narrow ? 16 : UINT16_MAX;
}

}  // namespace

SortAbility SortAbility::of(const rte_eth_dev_info& info) noexcept {
  SortAbility a;
  a.queues = std::max<std::uint16_t>(std::min(info.max_rx_queues, info.max_tx_queues), 1);
  a.hash_functions = info.flow_type_rss_offloads & kAll;
  const bool sorts = a.queues > 1 && info.reta_size >= 2 && info.hash_key_size >= kLeastKey &&
                     info.hash_key_size <= RssHash::kKeyBytes &&
                     (a.hash_functions & kAddresses) != 0;
  if (!sorts) return a;
  a.queues = std::min(a.queues, queues_in_reach(info));
  a.table = info.reta_size;
  a.key_bytes = info.hash_key_size;
  a.tcp_ports = (a.hash_functions & RTE_ETH_RSS_NONFRAG_IPV4_TCP) != 0;
  a.udp_ports = (a.hash_functions & RTE_ETH_RSS_NONFRAG_IPV4_UDP) != 0;
  return a;
}

RssHash::Settings common_settings(std::uint64_t random, std::span<const SortAbility> cards) {
  RssHash::Settings settings;
  settings.random = random;
  for (const SortAbility& card : cards) {
    if (!card.sorts()) continue;
    // A card takes as many bits of the hash as its table has.
    const auto bits = static_cast<unsigned>(std::bit_width(card.table) - 1);
    settings.index_bits = std::min(settings.index_bits, bits);
    settings.tcp_ports &= card.tcp_ports;
    settings.udp_ports &= card.udp_ports;
  }
  return settings;
}

void configure_sorting(rte_eth_conf& conf, const SortAbility& ability, const Sorting& sorting) {
  conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
  rte_eth_rss_conf& rss = conf.rx_adv_conf.rss_conf;
  // DPDK reads it only.
  rss.rss_key = const_cast<std::uint8_t*>(sorting.key().data());
  rss.rss_key_len = ability.key_bytes;
  rss.rss_hf = ability.hash_functions;
  // What not all cards look at, none may.
  if (!sorting.hash->counts_tcp_ports()) rss.rss_hf &= ~RTE_ETH_RSS_NONFRAG_IPV4_TCP;
  if (!sorting.hash->counts_udp_ports()) rss.rss_hf &= ~RTE_ETH_RSS_NONFRAG_IPV4_UDP;
}

int fill_table(std::uint16_t device, const SortAbility& ability, const Sorting& sorting) {
  std::vector<rte_eth_rss_reta_entry64> groups((ability.table + RTE_ETH_RETA_GROUP_SIZE - 1) /
                                               RTE_ETH_RETA_GROUP_SIZE);
  for (std::size_t i = 0; i < ability.table; ++i) {
    rte_eth_rss_reta_entry64& group = groups[i / RTE_ETH_RETA_GROUP_SIZE];
    group.mask |= std::uint64_t{1} << i % RTE_ETH_RETA_GROUP_SIZE;
    group.reta[i % RTE_ETH_RETA_GROUP_SIZE] = sorting.queue_of(i % sorting.hash->indices());
  }
  return rte_eth_dev_rss_reta_update(device, groups.data(), ability.table);
}

}  // namespace spillway
