#pragma once
// Copies of frames for a person who wants to see them: taken where they come in and go out, as
// far as there is room, and nothing waits for whoever reads them.

#include <array>
#include <cstdint>
#include <span>

#include "dataplane/clock.h"
#include "dataplane/path/counters.h"
#include "dataplane/path/tx_buffers.h"
#include "dataplane/port_index.h"

struct bpf_insn;
struct rte_mbuf;
struct rte_ring;

namespace spillway {

/// A frame as it came in or went out, without a VLAN tag. Its bytes follow.
struct CapturedFrame {
  TimePoint time;  ///< of the worker's iteration
  std::uint32_t length = 0;
  std::uint32_t kept = 0;  ///< bytes that follow
  PortIndex port = PortIndex::none;
  bool sent = false;

  std::uint8_t* bytes() noexcept { return reinterpret_cast<std::uint8_t*>(this + 1); }
  const std::uint8_t* bytes() const noexcept {
    return reinterpret_cast<const std::uint8_t*>(this + 1);
  }
};

/// What goes between one worker and whoever writes: CapturedFrames both ways.
struct CaptureLane {
  rte_ring* empty = nullptr;  ///< to the worker
  rte_ring* full = nullptr;   ///< from it
  Counter lost;               ///< frames that fitted and found no room
};

/// What is to be captured. Part of a ConfigSnapshot, which keeps its memory as long as a worker may
/// look at it. Thread contract: immutable, but for the lanes' rings and counters.
struct CaptureOrder {
  std::uint64_t serial = 0;          ///< of no other one
  std::uint64_t ports = 0;           ///< a bit for each PortIndex
  std::uint32_t most = 0;            ///< bytes of a frame that are kept
  const bpf_insn* filter = nullptr;  ///< null: every frame
  std::span<CaptureLane> lanes;      ///< by worker

  bool covers(PortIndex port) const noexcept { return (ports >> index_of(port) & 1u) != 0; }
};

/// A worker's end. Thread contract: worker only.
class CaptureTap {
 public:
  /// What this iteration captures; null: nothing.
  void begin(const CaptureOrder* order, unsigned worker, TimePoint now) noexcept {
    order_ = order;
    now_ = now;
    if (order != nullptr && order->serial != serial_) [[unlikely]]
      change_to(worker);
  }
  bool is_on() const noexcept { return order_ != nullptr; }

  void received(PortIndex port, std::span<rte_mbuf* const> packets) noexcept;
  /// Before packets are given to a driver, which may take fewer; each has a tag of `tag` bytes.
  void sending(PortIndex port, std::span<rte_mbuf* const> packets, std::uint32_t tag) noexcept;
  /// After that: the first `sent` of them have gone.
  void have_sent(std::size_t sent) noexcept;

 private:
  struct Waiting {
    CapturedFrame* frame;
    std::size_t position;
  };

  void change_to(unsigned worker) noexcept;
  bool fits(const rte_mbuf* packet, std::uint32_t tag) const noexcept;
  CapturedFrame* copy(PortIndex port, const rte_mbuf* packet, std::uint32_t tag) noexcept;
  CapturedFrame* take_empty() noexcept;

  const CaptureOrder* order_ = nullptr;
  CaptureLane* lane_ = nullptr;
  TimePoint now_;
  std::uint64_t serial_ = 0;
  std::size_t waiting_count_ = 0;
  std::size_t spare_count_ = 0;
  std::array<Waiting, TxBuffers::kCapacity> waiting_{};
  std::array<CapturedFrame*, TxBuffers::kCapacity> spare_{};  ///< taken and not used
};

}  // namespace spillway
