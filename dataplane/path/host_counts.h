#pragma once
// Connections per LAN host, for the cap of R06.

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataplane/net/addr.h"

namespace spillway {

/// The connections of one worker: open addressing with backward-shift deletion. Nothing allocates
/// after construction. Thread contract: one worker writes; any may read, and may miss a host whose
/// entry moves in that moment.
class HostCounts {
 public:
  /// `hosts`: the most that can have connections at once.
  explicit HostCounts(std::size_t hosts);

  std::uint32_t of(Ipv4Addr host) const noexcept;
  void add(Ipv4Addr host) noexcept;
  void remove(Ipv4Addr host) noexcept;

 private:
  struct Slot {
    Ipv4Addr host;
    std::uint32_t count = 0;
  };
  Slot at(std::size_t i) const noexcept;
  void put(std::size_t i, Slot slot) noexcept;
  std::size_t home(Ipv4Addr host) const noexcept;
  std::size_t find(Ipv4Addr host) const noexcept;

  std::size_t mask_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> slots_;  ///< a Slot each, in one word
};

/// Of all workers of a router: a host's connections are spread over them. Thread contract: as of
/// its parts.
class HostCountGroup {
 public:
  /// For `workers` workers that keep connections of at most `hosts` hosts each.
  HostCountGroup(std::size_t hosts, unsigned workers);

  HostCounts& of_worker(unsigned worker) noexcept { return *counts_[worker]; }
  /// With all workers.
  std::uint32_t of(Ipv4Addr host) const noexcept;

 private:
  std::vector<std::unique_ptr<HostCounts>> counts_;
};

}  // namespace spillway
