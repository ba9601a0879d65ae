#include "tests/support/buffers.h"

#include <rte_mbuf.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace spillway::test {

std::string unique_name(const char* what) {
  static std::atomic<unsigned> next{0};
  return what + std::to_string(next.fetch_add(1));
}

rte_mempool* create_pool(const char* what, unsigned buffers, unsigned bytes) {
  rte_mempool* pool = rte_pktmbuf_pool_create(unique_name(what).c_str(), buffers, 0, 0,
                                              static_cast<std::uint16_t>(bytes), SOCKET_ID_ANY);
  if (pool == nullptr) throw std::runtime_error("no packet pool");
  return pool;
}

rte_mbuf* load(rte_mempool* pool, const std::vector<std::uint8_t>& frame, std::size_t piece) {
  rte_mbuf* head = nullptr;
  std::size_t at = 0;
  do {
    rte_mbuf* part = rte_pktmbuf_alloc(pool);
    if (part == nullptr) throw std::runtime_error("no packet buffer");
    const std::size_t n =
        std::min({piece, frame.size() - at, std::size_t{rte_pktmbuf_tailroom(part)}});
    char* room = rte_pktmbuf_append(part, static_cast<std::uint16_t>(n));
    std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(at), n,
                reinterpret_cast<std::uint8_t*>(room));
    at += n;
    if (head == nullptr)
      head = part;
    else if (rte_pktmbuf_chain(head, part) != 0)
      throw std::runtime_error("too many pieces");
  } while (at < frame.size());
  return head;
}

std::vector<std::uint8_t> bytes_of(const rte_mbuf* packet) {
  std::vector<std::uint8_t> room(packet->pkt_len);
  const void* bytes = rte_pktmbuf_read(packet, 0, packet->pkt_len, room.data());
  const auto* first = static_cast<const std::uint8_t*>(bytes);
  return {first, first + packet->pkt_len};
}

}  // namespace spillway::test
