#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/capture/pcapng_writer.h"
#include "control/config/config.h"
#include "dataplane/clock.h"
#include "dataplane/port_index.h"

namespace spillway::replay {

/// A pcapng for each port with what left there, or nothing when no directory is wanted. Thread
/// contract: one thread. Throws std::runtime_error naming the file.
class Outputs {
 public:
  Outputs(const config::Config& config, const std::optional<std::string>& directory,
          std::int64_t first_ns);

  void write(PortIndex port, TimePoint at, std::span<const std::uint8_t> frame);
  void close();

 private:
  std::int64_t first_ns_;
  std::vector<std::unique_ptr<PcapngWriter>> files_;
};

}  // namespace spillway::replay
