#include "control/ports/device_facts.h"

#include <rte_ethdev.h>

namespace spillway {
namespace {

constexpr std::uint32_t kFastestKnown = 1'000'000;  // Mbit/s; some drivers make up a number

/// One name for each bit that is set.
void add_names(std::vector<std::string>& names, std::uint64_t bits, const char* way,
               const char* (*name_of)(std::uint64_t)) {
  for (std::uint64_t left = bits; left != 0; left &= left - 1)
    names.push_back(way + std::string(name_of(left & (~left + 1))));
}

}  // namespace

DeviceCounts counts_of_device(std::uint16_t id) noexcept {
  rte_eth_stats stats{};
  if (rte_eth_stats_get(id, &stats) != 0) return {};
  return {stats.imissed, stats.ierrors, stats.rx_nombuf, stats.oerrors};
}

std::vector<std::pair<std::string, std::uint64_t>> statistics_of_device(std::uint16_t id) {
  const int count = rte_eth_xstats_get_names(id, nullptr, 0);
  if (count <= 0) return {};
  const auto size = static_cast<std::size_t>(count);
  std::vector<rte_eth_xstat_name> names(size);
  std::vector<rte_eth_xstat> values(size);
  if (rte_eth_xstats_get_names(id, names.data(), static_cast<unsigned>(count)) != count) return {};
  const int got = rte_eth_xstats_get(id, values.data(), static_cast<unsigned>(count));
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (int i = 0; i < got && i < count; ++i) {
    const rte_eth_xstat& value = values[static_cast<std::size_t>(i)];
    if (value.id < size) all.emplace_back(names[value.id].name, value.value);
  }
  return all;
}

DeviceLink link_of_device(std::uint16_t id) noexcept {
  rte_eth_link link{};
  if (rte_eth_link_get_nowait(id, &link) != 0) return {};
  const bool known = link.link_speed != 0 && link.link_speed <= kFastestKnown;
  return {link.link_status == RTE_ETH_LINK_UP, known ? link.link_speed : 0,
          link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX};
}

DeviceOffloads offloads_of_device(std::uint16_t id) {
  DeviceOffloads offloads;
  rte_eth_conf conf{};
  if (rte_eth_dev_conf_get(id, &conf) == 0) {
    add_names(offloads.used, conf.rxmode.offloads, "rx ", rte_eth_dev_rx_offload_name);
    add_names(offloads.used, conf.txmode.offloads, "tx ", rte_eth_dev_tx_offload_name);
  }
  rte_eth_dev_info info{};
  if (rte_eth_dev_info_get(id, &info) != 0) return offloads;
  add_names(offloads.possible, info.rx_offload_capa, "rx ", rte_eth_dev_rx_offload_name);
  add_names(offloads.possible, info.tx_offload_capa, "tx ", rte_eth_dev_tx_offload_name);
  return offloads;
}

}  // namespace spillway
