#pragma once
// Takes the link layer off a captured frame, whatever the capture's link type is.

#include <cstddef>
#include <cstdint>
#include <span>

#include "control/replay/capture/capture.h"

namespace spillway::replay {

/// Where the network header of a frame starts, and what it is.
struct NetworkPart {
  std::size_t offset = 0;       ///< at most the frame's captured length
  std::uint16_t ethertype = 0;  ///< host order; 0 when the frame carries nothing we know
  LinkCast cast = LinkCast::unknown;
};

/// Whether frames of this libpcap link type (DLT) can carry IP and are understood.
bool link_type_supported(int link_type) noexcept;

/// Never reads beyond `frame`; a header that is cut short gives ethertype 0. Thread contract: any.
NetworkPart find_network_part(int link_type, std::span<const std::uint8_t> frame) noexcept;

}  // namespace spillway::replay
