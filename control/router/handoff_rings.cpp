#include "control/router/handoff_rings.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include <stdexcept>
#include <string>

#include "control/router/worker_nodes.h"

namespace spillway {
namespace {

constexpr unsigned kPackets = 1024;  // some bursts of a worker that shares its CPU

rte_ring* create(unsigned from, unsigned to, int node) {
  const std::string name = "handoff_" + std::to_string(from) + "_" + std::to_string(to);
  return made_on(node, name, [&](int on) {
    rte_ring* ring = rte_ring_create(name.c_str(), kPackets, on, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring == nullptr)
      throw std::runtime_error("no memory for the ring " + name + ": " + rte_strerror(rte_errno));
    return ring;
  });
}

}  // namespace

HandoffRings::HandoffRings(unsigned workers, const std::vector<int>& nodes) : workers_(workers) {
  for (unsigned from = 0; from < workers; ++from)
    for (unsigned to = 0; to < workers; ++to)
      rings_.emplace_back(from == to ? nullptr : create(from, to, nodes[to]));
}

HandoffRings::~HandoffRings() {
  for (const auto& ring : rings_) {
    void* packet = nullptr;
    while (ring && rte_ring_sc_dequeue(ring.get(), &packet) == 0)
      rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
  }
}

Handoff HandoffRings::ends(unsigned worker) const {
  std::vector<rte_ring*> to;
  std::vector<rte_ring*> from;
  for (unsigned other = 0; other < workers_; ++other) {
    to.push_back(rings_[worker * workers_ + other].get());
    from.push_back(rings_[other * workers_ + worker].get());
  }
  return Handoff(std::move(to), std::move(from));
}

std::uint64_t HandoffRings::under_way() const noexcept {
  std::uint64_t n = 0;
  for (const auto& ring : rings_) n += ring ? rte_ring_count(ring.get()) : 0;
  return n;
}

}  // namespace spillway
