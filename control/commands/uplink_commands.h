#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/balance/balancer.h"
#include "control/commands/command_table.h"
#include "control/config/config.h"

namespace spillway {

/// A probed target of an uplink.
struct ProbeView {
  std::string kind;  ///< "arp", "ping", "target"
  std::string target;
  std::string verdict;  ///< "unknown", "good", "failed"
  bool blamed = false;  ///< fails by every uplink: it is the target's own fault
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  double loss = 0;  ///< 0..1, of the last probes
  std::chrono::nanoseconds rtt{};
  std::chrono::nanoseconds jitter{};
};

/// An uplink as people and programs see it.
struct UplinkView {
  std::string name;
  std::string health;
  std::string reason;                    ///< of its health
  std::chrono::nanoseconds since{};      ///< how long it has been so
  std::chrono::nanoseconds hold_down{};  ///< that it waits now, or would after the next failure
  bool link = true;
  bool active = false;
  bool usable = false;
  bool overloaded = false;
  UplinkRate rate;
  std::optional<config::Threshold> threshold;
  std::optional<Balancer::Room> room;
  std::vector<ProbeView> probes;
};

/// `show uplinks`.
void add_uplink_commands(CommandTable& table, std::function<std::vector<UplinkView>()> uplinks);

std::string uplinks_to_text(const std::vector<UplinkView>& uplinks);
std::string uplinks_to_json(const std::vector<UplinkView>& uplinks);

}  // namespace spillway
