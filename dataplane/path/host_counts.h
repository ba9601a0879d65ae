#pragma once
// Connections per LAN host, for the cap of R06.

#include <cstdint>
#include <vector>

#include "dataplane/net/addr.h"

namespace spillway {

/// Open addressing with backward-shift deletion. Thread contract: one worker; nothing allocates
/// after construction.
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
  std::size_t home(Ipv4Addr host) const noexcept;
  std::size_t find(Ipv4Addr host) const noexcept;

  std::vector<Slot> slots_;
};

}  // namespace spillway
