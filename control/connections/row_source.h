#pragma once
// Where rows about connections come from, for whoever shows them.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "dataplane/path/connection_query.h"

namespace spillway {

/// A question about connections under way. Thread contract: control only.
class RowSource {
 public:
  RowSource() = default;
  virtual ~RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  /// Rows that have come in, at most `room.size()`; how many. Never waits.
  virtual std::size_t take(std::span<ConnectionRow> room) = 0;
  /// Whether all workers have answered and all their rows have been taken.
  virtual bool done() const noexcept = 0;
  /// Connections that fitted, once it is done.
  virtual std::uint64_t matched() const noexcept = 0;
};

/// Asks the workers; null when too many are asking.
using AskConnections = std::function<std::unique_ptr<RowSource>(const ConnectionQuery&)>;

}  // namespace spillway
