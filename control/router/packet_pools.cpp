#include "control/router/packet_pools.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "control/router/worker_nodes.h"

namespace spillway {
namespace {

constexpr unsigned kCache = 256;            // buffers each thread keeps to itself
constexpr std::uint32_t kFragments = 4096;  // cut and not yet sent

std::uint16_t data_room(std::size_t room) {
  return static_cast<std::uint16_t>(
      std::clamp<std::size_t>(room + RTE_PKTMBUF_HEADROOM, RTE_MBUF_DEFAULT_BUF_SIZE, UINT16_MAX));
}

rte_mempool* create(const std::string& name, std::uint32_t count, std::uint16_t room, int node) {
  return made_on(node, name, [&](int on) {
    rte_mempool* pool = rte_pktmbuf_pool_create(name.c_str(), count, kCache, 0, room, on);
    if (pool == nullptr)
      throw std::runtime_error("no memory for " + std::to_string(count) + " packet buffers (" +
                               name + "): " + rte_strerror(rte_errno));
    return pool;
  });
}

}  // namespace

void PacketPools::Free::operator()(rte_mempool* pool) const noexcept {
  rte_mempool_free(pool);
}

PacketPools::OfNode PacketPools::make(const Needs& needs, int node, const std::string& suffix,
                                      std::size_t workers, std::size_t of_all) {
  const auto part = [&](std::uint32_t count) {
    return static_cast<std::uint32_t>((count * workers + of_all - 1) / of_all);
  };
  const auto pool = [&](const char* name, std::uint32_t count, std::uint16_t room) {
    return Pool(create(name + suffix, part(count), room, node));
  };
  return {pool("packets", needs.packets, data_room(needs.packet_room)),
          needs.datagram_room == 0
              ? nullptr
              : pool("datagrams", needs.datagrams, data_room(needs.datagram_room)),
          // Where a driver wants frames in one buffer, the body is copied behind its header.
          pool("fragment_headers", kFragments, data_room(needs.packet_room)),
          pool("fragment_bodies", kFragments, 0)};
}

PacketPools::PacketPools(const Needs& needs, const std::vector<int>& nodes)
    : packet_room_(needs.packet_room) {
  std::vector<int> made = nodes;
  std::sort(made.begin(), made.end());
  made.erase(std::unique(made.begin(), made.end()), made.end());
  if (made.empty()) made.push_back(kAnyNode);
  for (const int node : made) {
    const auto workers = static_cast<std::size_t>(std::count(nodes.begin(), nodes.end(), node));
    const std::string suffix = made.size() == 1 ? "" : "_node" + std::to_string(node);
    pools_.push_back(make(needs, node, suffix, std::max<std::size_t>(workers, 1),
                          std::max<std::size_t>(nodes.size(), 1)));
  }
  for (const int node : nodes)
    place_.push_back(
        static_cast<std::size_t>(std::lower_bound(made.begin(), made.end(), node) - made.begin()));
}

rte_mempool* PacketPools::for_room(std::size_t room, unsigned worker) const noexcept {
  const OfNode& near = of(worker);
  return near.datagrams && room > packet_room_ ? near.datagrams.get() : near.packets.get();
}

template <typename Count>
std::uint32_t PacketPools::sum(Count&& count) const noexcept {
  std::uint32_t n = 0;
  for (const OfNode& node : pools_)
    for (const Pool* pool :
         {&node.packets, &node.datagrams, &node.fragment_headers, &node.fragment_bodies})
      if (*pool) n += count(**pool);
  return n;
}

std::uint32_t PacketPools::in_use() const noexcept {
  return sum([](const rte_mempool& pool) { return rte_mempool_in_use_count(&pool); });
}

std::uint32_t PacketPools::size() const noexcept {
  return sum([](const rte_mempool& pool) { return pool.size; });
}

std::size_t PacketPools::memory_mib(const Needs& needs) {
  constexpr std::size_t overhead = 256;  // of the buffer's own header and the pool's
  constexpr std::size_t page = 4096;     // without hugepages no buffer shares one
  const auto bytes = [](std::uint32_t count, std::size_t room) {
    return std::size_t{count} * ((data_room(room) + overhead + page - 1) / page * page);
  };
  const std::size_t datagrams =
      needs.datagram_room == 0 ? 0 : bytes(needs.datagrams, needs.datagram_room);
  return ((bytes(needs.packets, needs.packet_room) + datagrams +
           2 * bytes(kFragments, needs.packet_room)) >>
          20) +
         1;
}

}  // namespace spillway
