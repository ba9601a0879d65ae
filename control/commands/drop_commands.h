#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "control/commands/command_table.h"
#include "control/commands/last_look.h"
#include "dataplane/drop_reason.h"

namespace spillway {

using DropCounts = std::array<std::uint64_t, kDropReasons>;

/// Since the start.
struct DropsView {
  struct Port {
    std::string name;
    DropCounts counts{};  ///< of packets that came in by it
  };
  DropCounts all{};  ///< also of packets that came by no port, or whose port is not known
  std::vector<Port> ports;
};

/// `show drops`.
void add_drop_commands(CommandTable& table, std::function<DropsView()> drops,
                       std::function<TimePoint()> now);

using DropsSince = LastLook<DropCounts>::Since;
std::string drops_to_text(const DropsView& drops, const DropsSince& since);
std::string drops_to_json(const DropsView& drops, const DropsSince& since);

}  // namespace spillway
