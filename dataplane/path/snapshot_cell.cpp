#include "dataplane/path/snapshot_cell.h"

#include <rte_rcu_qsbr.h>

#include <cstdlib>
#include <new>

namespace spillway {

SnapshotCell::SnapshotCell(std::unique_ptr<const ConfigSnapshot> first, unsigned workers)
    : current_(first.get()), owned_(std::move(first)) {
  const std::size_t size = rte_rcu_qsbr_get_memsize(workers);
  qsbr_.reset(static_cast<rte_rcu_qsbr*>(std::aligned_alloc(
      RTE_CACHE_LINE_SIZE, (size + RTE_CACHE_LINE_SIZE - 1) & ~std::size_t{RTE_CACHE_LINE_MASK})));
  if (!qsbr_ || rte_rcu_qsbr_init(qsbr_.get(), workers) != 0) throw std::bad_alloc();
}

SnapshotCell::~SnapshotCell() = default;

void SnapshotCell::Free::operator()(rte_rcu_qsbr* q) const noexcept {
  std::free(q);
}

void SnapshotCell::publish(std::unique_ptr<const ConfigSnapshot> next) {
  retired_.reserve(retired_.size() + 1);
  current_.store(next.get(), std::memory_order_release);
  // The token must be taken after the new pointer is visible, or a worker could pass it while it
  // still loads the old one.
  retired_.push_back({rte_rcu_qsbr_start(qsbr_.get()), std::move(owned_)});
  owned_ = std::move(next);
}

std::size_t SnapshotCell::reclaim() noexcept {
  std::erase_if(retired_, [&](const Retired& r) {
    return rte_rcu_qsbr_check(qsbr_.get(), r.token, false) == 1;
  });
  return retired_.size();
}

void SnapshotCell::attach(unsigned worker) noexcept {
  rte_rcu_qsbr_thread_register(qsbr_.get(), worker);
  rte_rcu_qsbr_thread_online(qsbr_.get(), worker);
}

void SnapshotCell::detach(unsigned worker) noexcept {
  rte_rcu_qsbr_thread_offline(qsbr_.get(), worker);
  rte_rcu_qsbr_thread_unregister(qsbr_.get(), worker);
}

void SnapshotCell::quiescent(unsigned worker) noexcept {
  rte_rcu_qsbr_quiescent(qsbr_.get(), worker);
}

}  // namespace spillway
