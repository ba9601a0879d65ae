#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "control/events/event.h"

namespace spillway {

inline constexpr std::size_t kSeverities = 3;

/// How often what has happened since the start. Thread contract: value type, one thread.
struct EventTally {
  using ByName = std::map<std::string, std::uint64_t>;

  std::array<std::array<std::uint64_t, kSeverities>, kEventKinds> events{};  ///< by kind, severity
  ByName switches;   ///< of new connections, to an uplink or "none"
  ByName failovers;  ///< by the uplink that died
  ByName failbacks;  ///< by the uplink that is back
  ByName monitors;   ///< fired
  std::map<std::pair<std::string, std::string>, std::uint64_t> health;  ///< by uplink and new state
  std::uint64_t reloads = 0;
  std::uint64_t reloads_failed = 0;

  void hear(const Event& event);
  std::uint64_t of(EventKind kind) const noexcept;
};

}  // namespace spillway
