#include "control/router/packet_pools.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace spillway {
namespace {

constexpr unsigned kCache = 256;            // buffers each thread keeps to itself
constexpr std::uint32_t kFragments = 4096;  // cut and not yet sent

std::uint16_t data_room(std::size_t room) {
  return static_cast<std::uint16_t>(
      std::clamp<std::size_t>(room + RTE_PKTMBUF_HEADROOM, RTE_MBUF_DEFAULT_BUF_SIZE, UINT16_MAX));
}

rte_mempool* create(const char* name, std::uint32_t count, std::uint16_t room) {
  rte_mempool* pool = rte_pktmbuf_pool_create(name, count, kCache, 0, room, SOCKET_ID_ANY);
  if (pool == nullptr)
    throw std::runtime_error("no memory for " + std::to_string(count) + " packet buffers (" + name +
                             "): " + rte_strerror(rte_errno));
  return pool;
}

}  // namespace

void PacketPools::Free::operator()(rte_mempool* pool) const noexcept {
  rte_mempool_free(pool);
}

PacketPools::PacketPools(const Needs& needs)
    : packet_room_(needs.packet_room),
      packets_(create("packets", needs.packets, data_room(needs.packet_room))),
      datagrams_(needs.datagram_room == 0
                     ? nullptr
                     : create("datagrams", needs.datagrams, data_room(needs.datagram_room))),
      // Where a driver wants frames in one buffer, the body is copied behind its header.
      fragment_headers_(create("fragment_headers", kFragments, data_room(needs.packet_room))),
      fragment_bodies_(create("fragment_bodies", kFragments, 0)) {}

rte_mempool* PacketPools::for_room(std::size_t room) const noexcept {
  return datagrams_ && room > packet_room_ ? datagrams_.get() : packets_.get();
}

std::uint32_t PacketPools::in_use() const noexcept {
  std::uint32_t n = 0;
  for (const Pool* pool : {&packets_, &datagrams_, &fragment_headers_, &fragment_bodies_})
    if (*pool) n += rte_mempool_in_use_count(pool->get());
  return n;
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
