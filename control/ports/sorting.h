#pragma once
// What a network card can sort packets by, so that each worker gets its own.

#include <cstdint>
#include <functional>
#include <span>

#include "dataplane/net/rss_hash.h"

struct rte_eth_conf;
struct rte_eth_dev_info;

namespace spillway {

/// Receive-side scaling as far as a driver offers it. Pure. Thread contract: value type.
struct SortAbility {
  std::uint16_t queues = 1;          ///< to receive and to send by, at most
  std::uint16_t table = 0;           ///< entries of its table; 0: it cannot sort by keys of ours
  std::uint8_t key_bytes = 0;        ///< of its hash
  std::uint64_t hash_functions = 0;  ///< of those that we need: RTE_ETH_RSS_*
  bool tcp_ports = false;
  bool udp_ports = false;

  /// What `info` says of a device. A driver that takes no key of 16 bytes or more, has no table
  /// that can be set, or no hash over IPv4 addresses, does not sort.
  static SortAbility of(const rte_eth_dev_info& info) noexcept;

  bool sorts() const noexcept { return table > 0; }
  /// Queues that it can fill by our keys; 0: it does not sort.
  std::uint16_t sortable() const noexcept { return sorts() ? queues : 0; }
};

/// What an RSS hash must keep to, so that all of these cards agree with it: those that do not sort
/// do not count.
RssHash::Settings common_settings(std::uint64_t random, std::span<const SortAbility> cards);

/// How a device fills its queues.
struct Sorting {
  const RssHash* hash = nullptr;  ///< null: by itself, or there is but one
  bool on_lan_side = false;
  std::function<std::uint16_t(std::size_t)> queue_of;  ///< by index of the hash

  const RssHash::Key& key() const noexcept {
    return on_lan_side ? hash->lan_key() : hash->uplink_key();
  }
};

/// Has the device hash by the key once it is started; `sorting` must live until then.
void configure_sorting(rte_eth_conf& conf, const SortAbility& ability, const Sorting& sorting);
/// Fills the table of a started device. 0, or a negative error of DPDK.
int fill_table(std::uint16_t device, const SortAbility& ability, const Sorting& sorting);

}  // namespace spillway
