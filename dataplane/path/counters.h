#pragma once
// Counters of one worker: it alone writes them, anyone may read them at any time.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/mark.h"
#include "dataplane/drop_reason.h"
#include "dataplane/path/stage_clocks.h"
#include "dataplane/port_index.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// 64-bit counter with a single writer: a plain add, never a locked one.
class Counter {
 public:
  void add(std::uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A value that its single writer sets anew.
class Gauge {
 public:
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void raise() noexcept { set(get() + 1); }
  void lower() noexcept { set(get() - 1); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Frames and their bytes without FCS. A line of its own, so that the control core's sampling does
/// not disturb the worker.
struct alignas(64) PortCounters {
  Counter rx_packets;
  Counter rx_bytes;
  Counter tx_packets;
  Counter tx_bytes;
  Counter first_packets;         ///< TCP and UDP that opened a connection, with a checksum
  Counter unfinished_checksums;  ///< of these: left to a network card that there was none of
};

constexpr std::size_t index_of(Mark mark) noexcept {
  return static_cast<std::size_t>(mark);
}
/// Of a table by mark and uplink: the last one is of those without an uplink.
constexpr std::size_t column_of(UplinkId uplink) noexcept {
  return std::min(index_of(uplink), kMaxUplinks);
}

struct alignas(64) WorkerCounters {
  std::array<PortCounters, kMaxPorts> ports;
  std::array<Counter, kDropReasons> drops;
  /// Of these, by the port that the packet came in by.
  std::array<std::array<Counter, kDropReasons>, kMaxPorts> port_drops;
  Counter punted;     ///< handed to the control core
  Counter generated;  ///< made by the worker itself: ICMP errors
  Counter relayed;    ///< sent as they came from the control core
  Counter given;      ///< to other workers
  Counter taken;      ///< from other workers
  Counter merged;     ///< fragments that went into another one's buffer
  Counter split;      ///< fragments cut beside the first of their packet
  Counter expired;    ///< connections that timed out
  Counter orders;     ///< of the control core over connections, carried out
  Counter evicted;    ///< connections that an order of the control core ended
  Counter cleared;    ///< connections that a person ended
  Counter displaced;  ///< connections that made room for new ones: nobody had answered them
  Gauge held;         ///< buffers that wait for a neighbour or for the rest of a datagram
  Gauge connections;
  /// Connections opened, by mark and uplink (the last column: no uplink).
  std::array<std::array<Counter, kMaxUplinks + 1>, kMarks> opened;
  /// Connections that there are, by mark, uplink (as above) and state: kept up to date where one
  /// opens, ends or changes its state, which few packets do.
  std::array<std::array<std::array<Gauge, kConnStates>, kMaxUplinks + 1>, kMarks> living;
  Counter staged_packets;                     ///< of bursts that were looked at closely
  std::array<Counter, kStages> stage_clocks;  ///< that they took in each stage
  /// Connections opened, by IP protocol number.
  std::array<Counter, 256> opened_protocol;
  /// Connections that took a place on each uplink: what the balancer's reservation counts.
  std::array<Counter, kMaxUplinks> placed;
};

}  // namespace spillway
