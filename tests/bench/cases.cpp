#include "tests/bench/cases.h"

#include <algorithm>
#include <cstdio>

namespace spillway::bench {

void print(const char* name, std::uint32_t connections, std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  std::printf("%s %u %.1f %.1f %.1f\n", name, connections, figures[figures.size() / 2],
              figures.front(), figures.back());
}

}  // namespace spillway::bench
