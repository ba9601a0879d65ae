#pragma once

#include "control/commands/json_text.h"
#include "control/commands/uplink_commands.h"

namespace spillway {

/// A probe, as `show uplinks` and `show probes` both tell it.
inline Json json_of(const ProbeView& p) {
  return {{"kind", p.kind},     {"target", p.target},     {"verdict", p.verdict},
          {"blamed", p.blamed}, {"sent", p.sent},         {"answered", p.answered},
          {"loss", p.loss},     {"rtt_ms", in_ms(p.rtt)}, {"jitter_ms", in_ms(p.jitter)}};
}

}  // namespace spillway
