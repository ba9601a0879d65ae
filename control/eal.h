#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spillway {

/// DPDK's environment for as long as this lives. Thread contract: control only; one in a process.
class Eal {
 public:
  /// Runs without hugepages, devices or shared files, on `memory_mib` of memory; `extra` comes
  /// after and may override. Throws std::runtime_error.
  Eal(std::size_t memory_mib, const std::vector<std::string>& extra);
  ~Eal();
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;
};

}  // namespace spillway
