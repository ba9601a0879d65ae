#pragma once
// The cases of pipeline_bench that have files of their own, and how a case tells its figures.

#include <cstdint>
#include <vector>

namespace spillway::bench {

struct Run {
  std::uint32_t connections;
  unsigned rounds;
};

inline constexpr std::uint32_t kBursts = 2000;

/// The median, with the lowest and the highest.
void print(const char* name, std::uint32_t connections, std::vector<double> figures);

/// The metrics of RFC 9693, for one worker: clocks for a new connection into an empty
/// table, each validated by a packet from outside; how many the table takes; clocks to tear each of
/// them down at once. And the memory of all that.
void rates(const Run& run);

/// Half of the table times out at one moment: clocks for a packet of the other half meanwhile, the
/// end of the others included.
void avalanche(const Run& run);

/// Several workers at once, one on each lcore, beside one alone: what all together do, in per cent
/// of so many times one.
void parallel(const Run& run);

}  // namespace spillway::bench
