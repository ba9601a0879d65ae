#pragma once
// Which CPU each thread runs on.

#include <string>
#include <vector>

#include "control/config/config.h"

namespace spillway {

/// The CPUs that this process may use, in order; never empty.
std::vector<unsigned> allowed_cpus();

/// Threads and their CPUs. Pure.
struct CpuPlan {
  unsigned control = 0;
  std::vector<unsigned> workers;  ///< one for each that there may be

  /// For the EAL: "0@2,1@3" and so on, the control core first.
  std::string lcores() const;
};

/// Places the workers that a router with this configuration may have: as many as it names, or as
/// its CPUs and cards could be good for. Workers share CPUs when there are too few. Throws
/// std::runtime_error when a named CPU is not among the allowed ones.
CpuPlan plan_cpus(const config::Config& config, const std::vector<unsigned>& allowed);

/// How many of the planned workers there shall be, when the cards can fill `sortable` queues by our
/// keys (0: not all of them can): the number that is configured, or as many as have packets of
/// their own.
unsigned choose_workers(const config::Workers& workers, const CpuPlan& plan,
                        unsigned sortable) noexcept;

}  // namespace spillway
