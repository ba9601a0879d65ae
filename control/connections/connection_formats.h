#pragma once
// Connections as text: a table for people, JSON, and lines as `conntrack -L` prints them.

#include <optional>
#include <string>
#include <string_view>

#include "control/config/config.h"
#include "dataplane/path/connection_query.h"

namespace spillway {

enum class ConnectionFormat : std::uint8_t { table, json, conntrack };

/// What is said behind the rows.
struct ConnectionsShown {
  std::uint64_t shown = 0;
  std::uint64_t matched = 0;
  std::string_view sorted_by;  ///< empty: as they were found
  bool cut = false;            ///< a limit kept some of them back
  std::string_view trouble{};  ///< why it is not all; empty: it is
};

/// Writes piece by piece. Thread contract: one thread.
class ConnectionPrinter {
 public:
  /// `config` must outlive it.
  ConnectionPrinter(ConnectionFormat format, const config::Config& config)
      : format_(format), config_(config) {}

  void begin(std::string& text) const;
  void row(std::string& text, const ConnectionRow& row);
  void end(std::string& text, const ConnectionsShown& shown) const;

 private:
  ConnectionFormat format_;
  const config::Config& config_;
  bool first_ = true;
};

/// "23:59:58"
std::string clock_text(std::uint32_t ms);
/// One line of `show connections`.
std::string table_line(const ConnectionRow& row, const config::Config& config);
/// As `conntrack -L` does; the mark is the uplink's number, 0 without one.
std::string conntrack_line(const ConnectionRow& row);
/// One object; docs/commands.md has its keys.
std::string connection_json(const ConnectionRow& row, const config::Config& config);

}  // namespace spillway
