#pragma once
// The counters of living connections against the table itself.

#include "dataplane/path/pipeline.h"

namespace spillway::test {

/// Whether connections are as many by mark, uplink and state as the worker's counters say.
inline bool living_counted(Pipeline& pipeline) {
  const WorkerCounters& counters = pipeline.counters();
  const ConnectionTable& table = pipeline.connections();
  std::array<std::array<std::array<std::uint64_t, kConnStates>, kMaxUplinks + 1>, kMarks> found{};
  for (std::uint32_t i = 0; i < table.capacity(); ++i) {
    if (!table.is_used(static_cast<ConnIndex>(i))) continue;
    const Connection& c = table[static_cast<ConnIndex>(i)];
    ++found[static_cast<std::size_t>(c.mark)][column_of(c.uplink)][index_of(c.state)];
  }
  for (std::size_t mark = 0; mark < kMarks; ++mark)
    for (std::size_t column = 0; column <= kMaxUplinks; ++column)
      for (std::size_t state = 0; state < kConnStates; ++state)
        if (counters.living[mark][column][state].get() != found[mark][column][state]) return false;
  return true;
}

}  // namespace spillway::test
