#pragma once
// What tests see of a packet after the router.

#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/drop_reason.h"
#include "dataplane/net/addr.h"
#include "dataplane/port_index.h"

namespace spillway::test {

/// What became of one packet.
struct Fate {
  std::optional<PortIndex> port;      ///< where it left
  std::optional<DropReason> dropped;  ///< why it did not
  bool punted = false;
  std::vector<std::uint8_t> frame;  ///< as it left, or was punted
  std::vector<std::uint8_t> error;  ///< the ICMP error that its sender got instead

  const std::uint8_t* ip() const { return frame.data() + 14; }
  Ipv4Addr src() const;
  Ipv4Addr dst() const;
  std::uint16_t src_port() const;  ///< host order; identifier for ICMP queries
  std::uint16_t dst_port() const;
};

/// A frame that came out of the router.
struct Sent {
  PortIndex port = PortIndex::none;  ///< PortIndex::kernel: punted
  std::vector<std::uint8_t> frame;
};

/// Takes over what came out for a packet that went in by `from`.
void note_sent(Fate& fate, PortIndex from, Sent sent);

/// Drops are not told packet by packet: the order of reasons serves where a burst has but one.
void assign_drops(std::vector<Fate>& fates, DropReason reason, std::uint64_t n);

}  // namespace spillway::test
