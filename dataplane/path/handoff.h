#pragma once
// Packets that one worker has and another must deal with: those of connections that it does not
// keep, where no card sorts them out, and those for ports that it cannot send by.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/port_index.h"

struct rte_mbuf;
struct rte_ring;

namespace spillway {

/// One worker's end of the rings between workers: a ring for each pair, with one producer and one
/// consumer, so that no packet overtakes another between two workers. Thread contract: one worker;
/// nothing allocates after construction.
class Handoff {
 public:
  static constexpr std::size_t kAtOnce = 64;

  /// `to[i]` leads to worker i, `from[i]` comes from there; null at the worker's own place. For up
  /// to 64 workers.
  Handoff(std::vector<rte_ring*> to, std::vector<rte_ring*> from);

  /// Keeps `packet` for `worker`, which will process it as received by `port`, until `flush`. At
  /// most kAtOnce between two flushes.
  void give(unsigned worker, rte_mbuf* packet, PortIndex port) noexcept;

  /// Passes on what has been given; what finds no room goes to `refused`, one by one. Returns how
  /// many went over.
  template <typename Refused>
  std::uint32_t flush(Refused&& refused) noexcept {
    std::uint32_t passed = 0;
    for (; waiting_ != 0; waiting_ &= waiting_ - 1) {
      Outbox& outbox = outboxes_[static_cast<std::size_t>(__builtin_ctzll(waiting_))];
      const std::uint32_t n = pass(outbox.ring, {outbox.packets.data(), outbox.count});
      for (std::uint32_t i = n; i < outbox.count; ++i) refused(outbox.packets[i]);
      outbox.count = 0;
      passed += n;
    }
    return passed;
  }

  /// Has `worker` send `packets` by `port` as they are; how many it takes. The others stay the
  /// caller's.
  std::uint32_t send(unsigned worker, std::span<rte_mbuf*> packets, PortIndex port) noexcept;

  /// Packets of one port that are to be dealt with in one way.
  struct Taken {
    std::span<rte_mbuf*> packets;
    PortIndex port = PortIndex::none;
    bool to_be_sent = false;  ///< as they are; otherwise processed
  };
  /// Takes up to kAtOnce packets from each other worker and has them dealt with in their order.
  template <typename Deal>
  std::uint32_t take(Deal&& deal) noexcept {
    std::uint32_t taken = 0;
    for (rte_ring* ring : from_) {
      const std::span<rte_mbuf*> all = take_from(ring);
      for (std::size_t at = 0; at < all.size();) {
        const Taken next = same_in_a_row(all.subspan(at));
        at += next.packets.size();
        deal(next);
      }
      taken += static_cast<std::uint32_t>(all.size());
    }
    return taken;
  }

 private:
  struct Outbox {
    rte_ring* ring = nullptr;
    std::uint32_t count = 0;
    std::array<rte_mbuf*, kAtOnce> packets{};
  };

  static std::uint32_t pass(rte_ring* ring, std::span<rte_mbuf*> packets) noexcept;
  std::span<rte_mbuf*> take_from(rte_ring* ring) noexcept;
  static Taken same_in_a_row(std::span<rte_mbuf*> packets) noexcept;

  std::vector<Outbox> outboxes_;  ///< by worker
  std::uint64_t waiting_ = 0;     ///< a bit for each outbox that has something
  std::vector<rte_ring*> from_;   ///< without the worker's own place
  std::array<rte_mbuf*, kAtOnce> taken_{};
};

}  // namespace spillway
