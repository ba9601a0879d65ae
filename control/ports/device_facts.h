#pragma once
// What DPDK tells of a running device, as plain values.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace spillway {

/// Since the device was started.
struct DeviceCounts {
  std::uint64_t rx_missed = 0;
  std::uint64_t rx_errors = 0;
  std::uint64_t rx_nombuf = 0;
  std::uint64_t tx_errors = 0;
};

struct DeviceLink {
  bool up = false;
  std::uint32_t speed_mbps = 0;  ///< 0: unknown
  bool full_duplex = false;
};

struct DeviceOffloads {
  std::vector<std::string> used;
  std::vector<std::string> possible;
};

/// All 0 where the driver counts nothing. Control only, as all of these.
DeviceCounts counts_of_device(std::uint16_t id) noexcept;
/// All that the driver counts, by its own names; empty where it has none.
std::vector<std::pair<std::string, std::uint64_t>> statistics_of_device(std::uint16_t id);
/// As it was told last; does not ask the hardware where that takes long.
DeviceLink link_of_device(std::uint16_t id) noexcept;
/// On the way in ("rx ...") and out ("tx ...").
DeviceOffloads offloads_of_device(std::uint16_t id);

}  // namespace spillway
