#pragma once

#include <array>
#include <cstdint>

#include "dataplane/drop_reason.h"

namespace spillway {

/// What the control core did with packets; two sums must hold.
///
/// What workers handed over: punted = arp + to_linux + echoed + probe_answers + dropped_in.
/// What Linux sent: from_linux = answered + (routed - echoed) + (transmitted - arp_sent - probes) +
/// dropped_out.
///
/// Thread contract: control only.
struct ControlCounters {
  std::uint64_t arp = 0;            ///< ARP of workers, read and done with
  std::uint64_t to_linux = 0;       ///< given to a companion interface
  std::uint64_t echoed = 0;         ///< pings answered where there is no companion
  std::uint64_t from_linux = 0;     ///< frames read from companion interfaces
  std::uint64_t answered = 0;       ///< ARP of Linux, for which the router is the only neighbour
  std::uint64_t routed = 0;         ///< handed to a worker to be routed
  std::uint64_t transmitted = 0;    ///< handed to a worker to be sent as they are
  std::uint64_t arp_sent = 0;       ///< of these: our own ARP
  std::uint64_t probes = 0;         ///< of these: probes, ARP or echo
  std::uint64_t probe_answers = 0;  ///< echo replies that were waited for
  std::array<std::uint64_t, kDropReasons> dropped_in{};   ///< of what workers handed over
  std::array<std::uint64_t, kDropReasons> dropped_out{};  ///< of what Linux sent

  void drop_in(DropReason reason) noexcept { ++dropped_in[index_of(reason)]; }
  void drop_out(DropReason reason) noexcept { ++dropped_out[index_of(reason)]; }
};

}  // namespace spillway
