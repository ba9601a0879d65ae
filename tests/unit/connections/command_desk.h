#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "control/connections/connection_commands.h"
#include "tests/unit/connections/connection_rows.h"

namespace spillway::test {

/// Commands about connections of a router that has `rows`.
struct Desk {
  explicit Desk(std::vector<ConnectionRow> all = {}) : rows(std::move(all)) {
    add_connection_commands(table, desk());
  }
  ConnectionDesk desk() {
    return {[this](const ConnectionQuery& query) -> std::unique_ptr<RowSource> {
              if (busy) return nullptr;
              log.asked = query;
              return std::make_unique<ListedRows>(rows, log, stuck);
            },
            [this] { return config; }, [this] { return now; }};
  }

  /// The whole answer; how large its pieces were at most.
  std::string obey(const std::string& line) {
    Answer answer = table.obey(line);
    good = answer.good;
    std::string all = answer.text;
    while (answer.rest) {
      std::string piece;
      const bool more = answer.rest->append_to(piece);
      largest = std::max(largest, piece.size());
      all += piece;
      if (!more) answer.rest.reset();
      now += std::chrono::seconds(1);
    }
    return all;
  }

  std::vector<ConnectionRow> rows;
  SourceLog log;
  CommandTable table;
  std::shared_ptr<const config::Config> config =
      std::make_shared<const config::Config>(two_uplinks());
  TimePoint now;
  bool busy = false;
  bool stuck = false;
  bool good = false;
  std::size_t largest = 0;
};

}  // namespace spillway::test
