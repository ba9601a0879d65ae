#pragma once
// Which CPU each thread runs on.

#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/machine.h"

namespace spillway {

/// Threads and their CPUs. Pure.
struct CpuPlan {
  unsigned control = 0;
  std::vector<unsigned> workers;  ///< one for each that there may be

  /// For the EAL: "0@2,1@3" and so on, the control core first.
  std::string lcores() const;
  /// The node of each worker's CPU.
  std::vector<int> worker_nodes(const Machine& machine) const;
  /// MiB that each node of the machine shall have of `all`, of which `shared` are the control
  /// core's and the rest the workers', alike. Empty on a machine with one node.
  std::vector<std::size_t> share_memory(const Machine& machine, std::size_t all,
                                        std::size_t shared) const;
};

/// Places the workers that a router with this configuration may have: as many as it names, or as
/// its CPUs and cards could be good for. CPUs that nobody has named are those near to the ports, in
/// the node of most ports first: a packet that crosses to another node costs more than it would
/// gain there. Workers share CPUs when there are too few. Throws std::runtime_error when a named
/// CPU is not among those of the machine.
CpuPlan plan_cpus(const config::Config& config, const Machine& machine);

/// How many of the planned workers there shall be, when the cards can fill `sortable` queues by our
/// keys (0: not all of them can): the number that is configured, or as many as have packets of
/// their own.
unsigned choose_workers(const config::Workers& workers, const CpuPlan& plan,
                        unsigned sortable) noexcept;

}  // namespace spillway
