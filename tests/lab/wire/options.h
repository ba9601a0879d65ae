#pragma once
// The command line of lab-wire.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/wire/settings.h"

namespace spillway::wire {

struct Options {
  std::string a;
  std::string b;
  std::optional<std::uint16_t> vlan_a;
  std::string control;  ///< path of the command socket; empty: none
  std::uint64_t seed = 1;
  Settings ab;
  Settings ba;
  bool help = false;
};

/// Throws SettingError, whose text names the option.
Options parse_options(const std::vector<std::string>& arguments);

std::string help_text();

}  // namespace spillway::wire
