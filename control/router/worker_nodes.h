#pragma once
// The NUMA nodes that workers run on, and making things on the memory of one.

#include <spdlog/spdlog.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "control/machine.h"

namespace spillway {

/// The lcores beside the main one, in order: one for each worker. Needs an EAL.
std::vector<unsigned> worker_lcores();

/// The nodes of so many workers, by the first CPU that each one's thread may run on. Needs an EAL.
std::vector<int> worker_nodes(const Machine& machine, std::size_t workers);

/// Memory that this thread takes from Linux while it lives comes from a node as far as that has
/// some: what a worker has beside DPDK's memory.
class PreferredNode {
 public:
  explicit PreferredNode(int node) noexcept;
  ~PreferredNode();
  PreferredNode(const PreferredNode&) = delete;
  PreferredNode& operator=(const PreferredNode&) = delete;

 private:
  bool set_ = false;
};

/// What `make(node)` gives; when it throws std::runtime_error because the node has no memory left,
/// that of any other, which is slower but works. `what` is for the log.
template <typename Make>
auto made_on(int node, const std::string& what, Make&& make) {
  try {
    return make(node);
  } catch (const std::runtime_error& e) {
    if (node == kAnyNode) throw;
    spdlog::warn("{}: no memory on NUMA node {}, trying others, which is slower ({})", what, node,
                 e.what());
  }
  return std::forward<Make>(make)(kAnyNode);
}

}  // namespace spillway
