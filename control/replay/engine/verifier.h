#pragma once
// Holds what leaves the router against what was fed to it.

#include <cstdint>
#include <span>
#include <string>

#include "control/config/config.h"
#include "control/replay/engine/admission.h"
#include "control/replay/engine/internet.h"
#include "control/replay/engine/ledger.h"
#include "control/replay/report/report.h"
#include "dataplane/port_index.h"

namespace spillway::replay {

/// Which captured packet is being judged, for messages.
struct Position {
  std::uint64_t frame = 0;
  double time = 0;  ///< seconds of router time
};

/// Thread contract: one thread. Counts into the report that it is given.
class Verifier {
 public:
  /// Failures that are kept with their details; all are counted.
  static constexpr std::size_t kKept = 50;

  Verifier(const config::Config& config, Ledger& ledger, Report& report)
      : config_(config), admission_(config), ledger_(ledger), report_(report) {}

  /// A frame left at `port` for what was fed as `fed`. Returns whether everything about it is
  /// right.
  bool sent(const Feed& fed, PortIndex port, std::span<const std::uint8_t> frame,
            const Position& position, TimePoint now);

  void fail(std::uint64_t Report::*counter, const char* kind, const Position& position,
            std::string detail);

 private:
  struct Case;

  bool right_port(const Case& c);
  bool learn(const Case& c);
  bool right_uplink(const Case& c, UplinkId uplink);
  bool right_link(const Case& c);
  bool right_bytes(const Case& c, const FlowKey& tuple);
  bool right_error(const Case& c);
  bool equal_but_checksums(const Case& c, std::span<const std::uint8_t> expected);
  bool right_checksums(const Case& c);
  FlowKey leaves_as(const Case& c) const;

  const config::Config& config_;
  Admission admission_;
  Ledger& ledger_;
  Report& report_;
};

}  // namespace spillway::replay
