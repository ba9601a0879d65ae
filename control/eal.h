#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spillway {

/// What a command needs of DPDK's environment.
struct EalNeeds {
  std::size_t memory_mib = 64;
  std::vector<std::size_t> node_mib = {};  ///< of each NUMA node; empty: wherever there is some
  bool hugepages = false;                  ///< taken when enough of them are free
  /// Addresses of PCI devices, with arguments behind a comma. The EAL resets what it is given:
  /// others, which may be at work elsewhere, are kept from it.
  std::vector<std::string> cards = {};
  std::string hugepage_user = {};  ///< which of them needs hugepages, the beginning of an error
  bool telemetry = false;          ///< DPDK's socket for monitoring
  std::string lcores = {};         ///< threads and their CPUs; empty: the main one, on any
};

/// The EAL's command line. `extra` arguments come after ours and override them.
std::vector<std::string> eal_arguments(const EalNeeds& needs, bool hugepages,
                                       const std::vector<std::string>& extra);

/// DPDK's environment for as long as this lives: nothing shared with other processes, no files but
/// the socket of telemetry.
/// Thread contract: control only; one in a process.
class Eal {
 public:
  /// Throws std::runtime_error.
  Eal(EalNeeds needs, const std::vector<std::string>& extra);
  ~Eal();
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;

  /// Which memory it runs on and why, in a sentence for the log.
  const std::string& memory() const noexcept { return memory_; }

 private:
  std::string memory_;
};

}  // namespace spillway
