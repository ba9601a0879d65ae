#pragma once

#include <cstddef>
#include <string>

namespace spillway {

struct HugepageChoice {
  bool enough = false;  ///< free hugepages hold all that is needed
  std::string text;     ///< what was chosen and, without them, how to get them
  std::string missing;  ///< how many there are, how many are needed, and how to get them
};

/// Looks at the hugepages below `root`, which is other than the default in tests.
HugepageChoice choose_pages(std::size_t memory_mib,
                            const std::string& root = "/sys/kernel/mm/hugepages");

}  // namespace spillway
