#pragma once
// What makes the connections of a later round new ones.

#include <cstdint>

#include "dataplane/conn/flow_key.h"

namespace spillway::replay {

/// A capture that is played again opens its connections again, beside those that the rounds before
/// have left: the opener's port differs from round to round. Which end opened is told by the ports:
/// it has the higher one. Ports below 1024 stay, they are services on both ends. Pure. Thread
/// contract: value type.
class Round {
 public:
  Round() = default;
  /// Counts from 0, in which everything is as captured.
  explicit Round(std::uint32_t number) noexcept : number_(number) {}

  /// The same for both directions of a connection; the identifier of ICMP too.
  void renew(FlowKey& tuple) const noexcept;

 private:
  std::uint32_t number_ = 0;
};

}  // namespace spillway::replay
