#pragma once

#include <algorithm>
#include <cstdint>

#include "control/config/config.h"
#include "dataplane/units.h"

namespace spillway {

/// Byte totals of an uplink's port since any fixed moment, as seen by the router.
struct PortBytes {
  std::uint64_t rx = 0;
  std::uint64_t tx = 0;
};

/// Average rates of an uplink over the measuring window.
struct UplinkRate {
  BitsPerSecond rx;
  BitsPerSecond tx;
  constexpr bool operator==(const UplinkRate&) const noexcept = default;

  /// The rate that a threshold on `traffic` compares: `either` is the greater of both directions.
  constexpr BitsPerSecond of(config::Traffic traffic) const noexcept {
    if (traffic == config::Traffic::received) return rx;
    if (traffic == config::Traffic::transmitted) return tx;
    return std::max(rx, tx);
  }
};

}  // namespace spillway
