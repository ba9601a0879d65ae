#pragma once
// Which uplink a LAN host (or a pair of hosts) was given last, so that its next connections join.

#include <atomic>
#include <cstdint>
#include <memory>

#include "dataplane/clock.h"
#include "dataplane/conn/flow_key.h"
#include "dataplane/wan/balance_plan.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// A cache that all workers share: one word an entry, no locks. Two workers that place the first
/// connections of a host in the same moment may differ; whoever writes last is followed from then
/// on. When it is full the entry that was used longest ago gives way. Looked at once a connection.
/// Thread contract: any.
class AffinityTable {
 public:
  /// For about this many hosts; more than 0.
  explicit AffinityTable(std::size_t hosts);

  /// The uplink that `key`'s host was given, if that was used within `lifetime_ms`; else none.
  UplinkId find(Sticky sticky, const FlowKey& key, Millis now,
                std::uint32_t lifetime_ms) const noexcept;
  /// Remembers it, or that it was used again.
  void remember(Sticky sticky, const FlowKey& key, UplinkId uplink, Millis now) noexcept;

 private:
  static constexpr std::size_t kWays = 4;

  struct Tag {
    std::uint64_t set;   ///< where to look
    std::uint32_t word;  ///< what to compare, never 0
  };
  Tag tag_of(Sticky sticky, const FlowKey& key) const noexcept;

  std::size_t mask_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
};

}  // namespace spillway
