#pragma once
// `show mangle`: the talk's table of rules, with what each has done.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "dataplane/conn/mark.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

/// By mark and uplink; the last column: no uplink.
template <typename Count>
using ByMark = std::array<std::array<Count, kMaxUplinks + 1>, kMarks>;

struct MarkCounts {
  std::uint64_t opened = 0;  ///< connections
  std::uint64_t live = 0;    ///< connections, those that have timed out but are not yet gone too

  MarkCounts& operator+=(const MarkCounts& other) {
    opened += other.opened;
    live += other.live;
    return *this;
  }
};

/// A rule as RouterOS would have it.
struct MangleRule {
  std::string comment;
  std::string chain;
  std::string action;
  std::vector<std::pair<std::string, std::string>> fields;  ///< conditions, then the new mark
  std::optional<MarkCounts> counts;                         ///< nothing: not counted by itself
};

/// What the configuration amounts to in the talk's language; `active` takes new connections. Pure.
std::vector<MangleRule> mangle_rules(const config::Config& config, UplinkId active,
                                     const ByMark<MarkCounts>& counts);

void add_mangle_commands(CommandTable& table, std::function<std::vector<MangleRule>()> rules);

std::string mangle_to_text(const std::vector<MangleRule>& rules);
std::string mangle_to_json(const std::vector<MangleRule>& rules);

}  // namespace spillway
