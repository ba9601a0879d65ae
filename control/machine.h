#pragma once
// The machine's CPUs and NUMA nodes: which memory is near to which CPU and port.

#include <map>
#include <string>
#include <vector>

#include "control/config/config.h"

namespace spillway {

/// All memory is alike, or nobody knows: DPDK's SOCKET_ID_ANY.
inline constexpr int kAnyNode = -1;

/// Pure. Thread contract: value type.
struct Machine {
  std::vector<unsigned> cpus;               ///< that this process may use, in order; never empty
  std::map<unsigned, int> node_of_cpu;      ///< empty on a machine with one node
  std::map<std::string, int> node_of_port;  ///< as the configuration names ports; those known

  int node_of(unsigned cpu) const noexcept;
  /// Nodes are numbered from 0; 1 where there are none.
  std::size_t nodes() const noexcept;
};

/// This one, as far as the configuration's ports matter. `sys` is another folder in tests.
Machine read_machine(const config::Config& config, const std::string& sys = "/sys");

/// The CPUs that this process may use, in order; never empty.
std::vector<unsigned> allowed_cpus();

/// Free hugepages of a node, all sizes together. `sys` as above.
std::size_t free_huge_mib(int node, const std::string& sys = "/sys");

}  // namespace spillway
