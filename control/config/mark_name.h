#pragma once

#include <optional>
#include <string>

#include "control/config/config.h"
#include "dataplane/conn/mark.h"

namespace spillway {

/// A mark as the talk writes it: `Sticky_ISP_1`, `WAN1->LANs`, ...
std::string mark_name(Mark mark, std::optional<UplinkId> uplink, const config::Config& config);

}  // namespace spillway
