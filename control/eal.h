#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spillway {

/// What a command needs of DPDK's environment.
struct EalNeeds {
  std::size_t memory_mib = 64;
  bool hugepages = false;  ///< taken when enough of them are free
  bool pci = false;        ///< devices on the PCI bus
  unsigned workers = 0;    ///< threads beside the main one
};

/// DPDK's environment for as long as this lives: nothing shared with other processes, no files.
/// Thread contract: control only; one in a process.
class Eal {
 public:
  /// `extra` arguments come after ours and override them. Throws std::runtime_error.
  Eal(const EalNeeds& needs, const std::vector<std::string>& extra);
  ~Eal();
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;

  /// Which memory it runs on and why, in a sentence for the log.
  const std::string& memory() const noexcept { return memory_; }

 private:
  std::string memory_;
};

}  // namespace spillway
