#pragma once
// Which source ports a translation tries, in which order (RFC 4787 REQ-3, RFC 6056).

#include <cstdint>

#include "dataplane/conn/flow_hash.h"
#include "dataplane/conn/flow_key.h"

namespace spillway {

/// The preferred port first (R02: preserved when free), then keyed pseudo-random ports of the same
/// range, 1..1023 or 1024..65535 (RFC 4787 REQ-3a); ICMP identifiers have one range. The number of
/// attempts is bounded, so that an exhausted endpoint costs a bounded time. Protocols without ports
/// get the single attempt 0. Thread contract: worker only.
class PortSequence {
 public:
  /// At 95 % occupancy this many random attempts fail in 0.1 % of cases.
  static constexpr unsigned kAttempts = 128;

  /// With `one_in` > 1 only one port in so many will do, and so many times as many are tried.
  PortSequence(const HashSecret& secret, const FlowKey& original, L4Port preferred,
               unsigned one_in = 1) noexcept;

  /// False when the attempts are used up.
  bool next(L4Port& port) noexcept;

 private:
  std::uint64_t state_;
  unsigned attempts_left_;
  std::uint32_t first_;  ///< of the range, host order
  std::uint32_t size_;
  L4Port preferred_;
  bool preferred_tried_ = false;
};

}  // namespace spillway
