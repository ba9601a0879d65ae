#pragma once
// The router's counters as people and programs read them.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "control/router/control_counters.h"
#include "control/router/worker_link.h"
#include "dataplane/path/counters.h"

namespace spillway {

/// All counters of all workers and of the control core at one moment, added up.
struct CounterTotals {
  struct Port {
    std::string name;
    std::uint64_t rx_packets = 0;
    std::uint64_t rx_bytes = 0;
    std::uint64_t tx_packets = 0;
    std::uint64_t tx_bytes = 0;
  };

  std::vector<Port> ports;  ///< the last one is Linux
  std::array<std::uint64_t, kDropReasons> drops{};
  std::uint64_t generated = 0;
  std::uint64_t relayed = 0;
  std::uint64_t given = 0;  ///< by workers to each other, and taken
  std::uint64_t taken = 0;
  std::uint64_t punted = 0;
  std::uint64_t merged = 0;
  std::uint64_t split = 0;
  std::uint64_t held = 0;
  std::uint64_t connections = 0;
  std::uint64_t opened = 0;
  std::uint64_t expired = 0;
  std::uint64_t displaced = 0;
  WorkerLink::UnderWay under_way;
  ControlCounters control;

  void add(const WorkerCounters& worker);
  void add(const WorkerLink::UnderWay& link);

  std::uint64_t received() const noexcept;
  std::uint64_t sent() const noexcept;
  std::uint64_t dropped() const noexcept;
  /// R42: every packet that came in or was made here has left, was dropped, or waits. Exact only
  /// when nothing moves.
  bool balanced() const noexcept;
};

std::string to_text(const CounterTotals& totals);
std::string to_json(const CounterTotals& totals);

}  // namespace spillway
