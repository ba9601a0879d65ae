#pragma once

#include <rte_ring.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/path/handoff.h"

namespace spillway {

/// The rings between workers: one for each pair that has two different ones. Must outlive the
/// workers. Thread contract: control only; what `ends` gives is one worker's.
class HandoffRings {
 public:
  /// Each ring lies on the memory of the node of whom it leads to. Throws std::runtime_error.
  HandoffRings(unsigned workers, const std::vector<int>& nodes);
  ~HandoffRings();
  HandoffRings(const HandoffRings&) = delete;
  HandoffRings& operator=(const HandoffRings&) = delete;

  Handoff ends(unsigned worker) const;
  /// Packets under way between workers.
  std::uint64_t under_way() const noexcept;

 private:
  struct Free {
    void operator()(rte_ring* ring) const noexcept { rte_ring_free(ring); }
  };

  unsigned workers_;
  std::vector<std::unique_ptr<rte_ring, Free>> rings_;  ///< [from * workers + to]
};

}  // namespace spillway
