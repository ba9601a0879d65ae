#pragma once
// Sends a burst through the router and settles the fate of every packet in it.

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "control/replay/engine/internet.h"
#include "control/replay/engine/stage.h"
#include "control/replay/engine/verifier.h"

namespace spillway::replay {

/// Thread contract: one thread.
class Judge {
 public:
  struct Item {
    Feed fed;
    Position position;
  };
  using OnSent = std::function<void(PortIndex, std::span<const std::uint8_t>)>;

  Judge(const config::Config& config, Stage& stage, Ledger& ledger, Report& report)
      : config_(config),
        stage_(stage),
        ledger_(ledger),
        report_(report),
        verifier_(config, ledger, report) {}

  /// At most kBurst packets; those of one port are received together. Returns the router's clocks.
  std::uint64_t run(std::span<const Item> burst, TimePoint now, const OnSent& on_sent);

 private:
  using Tally = std::array<std::int64_t, kDropReasons>;  ///< drops seen, less those expected

  std::uint64_t pass(std::span<const Item> burst, TimePoint now, const OnSent& on_sent);
  Tally drops() const;
  void settle_missing(const Item& item, TimePoint now, Tally& unexplained);
  bool has_no_room(const Item& item, DropReason reason, TimePoint now) const;
  void report_wrong_drops(const Item& any, const Tally& unexplained);

  const config::Config& config_;
  Stage& stage_;
  Ledger& ledger_;
  Report& report_;
  Verifier verifier_;
};

}  // namespace spillway::replay
