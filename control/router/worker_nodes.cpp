#include "control/router/worker_nodes.h"

#include <numa.h>
#include <rte_lcore.h>

namespace spillway {

std::vector<unsigned> worker_lcores() {
  std::vector<unsigned> found;
  unsigned lcore = 0;
  RTE_LCORE_FOREACH_WORKER(lcore) {
    found.push_back(lcore);
  }
  return found;
}

std::vector<int> worker_nodes(const Machine& machine, std::size_t workers) {
  std::vector<int> nodes;
  for (const unsigned lcore : worker_lcores()) {
    const rte_cpuset_t cpus = rte_lcore_cpuset(lcore);
    unsigned cpu = 0;
    while (cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &cpus)) ++cpu;
    nodes.push_back(machine.node_of(cpu));
  }
  // Without lcores for all of them the start fails, and says so.
  nodes.resize(workers, kAnyNode);
  return nodes;
}

PreferredNode::PreferredNode(int node) noexcept : set_(node != kAnyNode && numa_available() >= 0) {
  if (set_) numa_set_preferred(node);
}

PreferredNode::~PreferredNode() {
  if (set_) numa_set_localalloc();
}

}  // namespace spillway
