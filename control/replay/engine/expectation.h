#pragma once
// What must become of a packet that the replay feeds to the router.

#include <cstdint>

#include "dataplane/conn/flow_key.h"
#include "dataplane/drop_reason.h"

namespace spillway::replay {

/// A connection in the ledger; never used twice.
enum class ConnId : std::uint32_t { none = 0xffffffff };

struct Expectation {
  bool forward = false;
  DropReason reason = DropReason::unsolicited;  ///< when not `forward`
  bool to_lan = false;
  bool opens = false;       ///< the first packet of a connection
  bool icmp_error = false;  ///< judged by what it embeds
  ConnId connection = ConnId::none;

  static Expectation dropped(DropReason reason) noexcept {
    Expectation e;
    e.reason = reason;
    return e;
  }
  static Expectation forwarded(ConnId connection, bool to_lan) noexcept {
    Expectation e;
    e.forward = true;
    e.to_lan = to_lan;
    e.connection = connection;
    return e;
  }
};

}  // namespace spillway::replay
