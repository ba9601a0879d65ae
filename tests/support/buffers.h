#pragma once
// Between frames as bytes and frames as mbufs.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct rte_mbuf;
struct rte_mempool;

namespace spillway::test {

/// DPDK finds everything by name: each needs its own.
std::string unique_name(const char* what);

/// `bytes` of a buffer include the headroom of 128. Throws std::runtime_error.
rte_mempool* create_pool(const char* what, unsigned buffers, unsigned bytes);

/// In buffers of at most `piece` bytes each, or as few as there must be.
rte_mbuf* load(rte_mempool* pool, const std::vector<std::uint8_t>& frame,
               std::size_t piece = ~std::size_t{0});

std::vector<std::uint8_t> bytes_of(const rte_mbuf* packet);

}  // namespace spillway::test
