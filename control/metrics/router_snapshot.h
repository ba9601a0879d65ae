#pragma once
// All that monitoring sees of a router at one moment. The control core makes it; from then on it
// never changes, so that any thread may read it.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/commands/uplink_commands.h"
#include "control/events/event.h"
#include "control/metrics/event_tally.h"
#include "control/router/counter_report.h"
#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/mark.h"

namespace spillway {

/// What a worker has done so far.
struct WorkerFigures {
  std::uint64_t iterations = 0;
  RouterClock::duration busy{};  ///< in iterations that found something to do
  bool stalled = false;
  std::uint64_t received = 0;  ///< packets, from ports and from Linux
  std::uint64_t given = 0;     ///< packets to other workers, and taken from them
  std::uint64_t taken = 0;
  std::uint64_t connections = 0;
  std::uint64_t capacity = 0;  ///< connections that its table has room for
};

/// Connections of all workers by mark, uplink (`column_of`) and state.
struct ConnectionFigures {
  template <typename T>
  using ByMarkAndUplink = std::array<std::array<T, kMaxUplinks + 1>, kMarks>;

  ByMarkAndUplink<std::uint64_t> opened{};
  ByMarkAndUplink<std::array<std::uint64_t, kConnStates>> living{};
  std::uint64_t evicted = 0;  ///< ended by the control core

  void add(const WorkerCounters& worker);
  std::uint64_t living_of(std::size_t mark, std::size_t column) const noexcept;
};

struct UplinkCapacity {
  std::optional<BitsPerSecond> rx;
  std::optional<BitsPerSecond> tx;
};

/// A port's name and whether its link carries.
struct PortLink {
  std::string name;
  bool up = true;
};

struct RouterSnapshot {
  static constexpr std::size_t kEvents = 32;  ///< the last ones

  TimePoint time;    ///< of the router's clock: how long it has run, too
  std::string mode;  ///< of balancing, as in the configuration
  CounterTotals counters;
  std::vector<PortLink> links;
  std::vector<UplinkView> uplinks;
  std::vector<UplinkCapacity> capacities;  ///< of each uplink
  std::vector<std::string> monitors;
  std::vector<WorkerFigures> workers;
  ConnectionFigures connections;
  std::uint64_t buffers = 0;
  std::uint64_t buffers_in_use = 0;
  EventTally tally;
  std::shared_ptr<const std::vector<Event>> events;  ///< never null

  /// Of the uplink that takes new connections; empty when none does.
  std::string active() const;
  bool all_overloaded() const;
  std::uint64_t dropped(DropReason reason) const noexcept;
};

/// "Sticky", "WAN->LANs", ...: the talk's marks, without the number of the uplink.
std::string_view mark_label(Mark mark) noexcept;
std::string_view state_label(ConnState state) noexcept;
/// The uplink's name, or "none" for the last column.
std::string uplink_of_column(const RouterSnapshot& snapshot, std::size_t column);

}  // namespace spillway
