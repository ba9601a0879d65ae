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
};

/// Part of `limit` that `rate` is; 1.0 is at it. Of `either` direction: the greater part.
constexpr double share_of(const UplinkRate& rate, const config::RateLimit& limit,
                          config::Traffic traffic) noexcept {
  const auto part = [](BitsPerSecond r, BitsPerSecond l) {
    return static_cast<double>(r.value) / static_cast<double>(std::max<std::uint64_t>(l.value, 1));
  };
  const double rx = part(rate.rx, limit.rx);
  const double tx = part(rate.tx, limit.tx);
  if (traffic == config::Traffic::received) return rx;
  return traffic == config::Traffic::transmitted ? tx : std::max(rx, tx);
}

/// In `either` direction: in one of them.
constexpr bool is_above(const UplinkRate& rate, const config::RateLimit& limit,
                        config::Traffic traffic) noexcept {
  const bool rx = traffic != config::Traffic::transmitted && rate.rx > limit.rx;
  const bool tx = traffic != config::Traffic::received && rate.tx > limit.tx;
  return rx || tx;
}

/// In `either` direction: in both of them.
constexpr bool is_below(const UplinkRate& rate, const config::RateLimit& limit,
                        config::Traffic traffic) noexcept {
  const bool rx = traffic == config::Traffic::transmitted || rate.rx < limit.rx;
  const bool tx = traffic == config::Traffic::received || rate.tx < limit.tx;
  return rx && tx;
}

}  // namespace spillway
