#pragma once

#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/ports/card_lock.h"
#include "control/ports/pci_card.h"

namespace spillway {

/// The network cards that a configuration names, kept from other routers for as long as this lives.
/// It comes before the EAL and goes after it: the EAL resets every card that it is given, and so
/// would stop the router that has it. Thread contract: control only.
class ClaimedCards {
 public:
  struct Places {
    DeviceFolders devices;
    std::string locks = "/run/lock";
  };

  /// Throws std::runtime_error that names the setting's place, the port and what to do.
  ClaimedCards(const config::Config& config, const Places& places);
  explicit ClaimedCards(const config::Config& config) : ClaimedCards(config, Places()) {}

  /// For the EAL: addresses, with the arguments of the configuration.
  const std::vector<std::string>& devices() const noexcept { return devices_; }
  /// Which card needs hugepages and why, the beginning of an error; empty: none does.
  const std::string& hugepage_user() const noexcept { return hugepage_user_; }

 private:
  void claim(const config::Location& where, const std::string& port, const Places& places);

  std::vector<std::string> ports_;  ///< claimed, as the configuration names them
  std::vector<CardLock> locks_;
  std::vector<std::string> devices_;
  std::string hugepage_user_;
};

}  // namespace spillway
