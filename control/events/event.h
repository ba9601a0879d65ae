#pragma once
// What happened to the router, with its cause and figures.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/clock.h"

namespace spillway {

enum class EventKind : std::uint8_t {
  start,     ///< the router began or ended to forward
  switched,  ///< new connections go to another uplink
  health,    ///< an uplink changed its state
  monitor,   ///< a Traffic Monitor fired
  overload,  ///< all uplinks carry more than they may, or no longer
  failover,  ///< connections of a dead uplink were ended
  failback,  ///< connections that had fled go home
  link,      ///< a port's link came or went
  conflict,  ///< somebody else uses an address of ours
  config,    ///< the configuration was read again
  hook,      ///< a hook failed
  stall,     ///< a worker stands still, or goes on
  trouble,   ///< something an admin should look at
};
inline constexpr std::size_t kEventKinds = 13;

/// "switch", "health", ...: in the log, for hooks and filters.
std::string_view name_of(EventKind kind) noexcept;

enum class Severity : std::uint8_t { info, warning, error };

/// A fact with a name: SPILLWAY_FROM for a hook, `from` in JSON.
using Fact = std::pair<std::string, std::string>;

struct Event {
  std::uint64_t number = 0;  ///< from 1, without gaps
  TimePoint time{};          ///< of the router's clock
  std::int64_t wall_ms = 0;  ///< since 1970, for people
  EventKind kind = EventKind::start;
  Severity severity = Severity::info;
  std::string subject{};  ///< the uplink, port or monitor; may be empty
  std::string text{};     ///< a sentence, cause included
  std::vector<Fact> facts{};
};

}  // namespace spillway
