#pragma once
// Axes: round numbers between 0 and a maximum.

#include <vector>

namespace spillway::replay {

/// A step of 1, 2 or 5 times a power of ten that gives at most `most` intervals up to `maximum`.
double nice_step(double maximum, int most);

/// 0, step, 2 step, ... up to the first value not below `maximum`; 0 and 1 when there is no range.
std::vector<double> nice_ticks(double maximum, int most);

}  // namespace spillway::replay
