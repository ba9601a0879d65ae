// While an administrator has stopped forwarding: what goes through the router ends here; what is
// between it and its neighbours goes on, so that it can be reached and knows its uplinks' health.

#include "dataplane/path/pipeline.h"

namespace spillway {

/// Of connections that neither begin nor end at the router itself.
bool Pipeline::is_held_back(ConnRef ref) const noexcept {
  if (config_->forwarding || !ref.found()) return false;
  const Connection& c = table_[ref.index()];
  return c.zone[0] != Zone::kernel && c.zone[1] != Zone::kernel;
}

/// Drops the packets of known connections; first packets are refused where they are placed. The
/// connections are not refreshed: they may time out as they would without any packet.
void Pipeline::hold_back(Burst& burst) noexcept {
  burst.give_away([&](rte_mbuf* packet, std::uint32_t at) noexcept {
    if (!is_held_back(burst.refs[at])) return false;
    drop(packet, DropReason::stopped);
    return true;
  });
}

}  // namespace spillway
