#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "dataplane/path/connection_query.h"

namespace spillway {

enum class SortKey : std::uint8_t { bytes, packets, age, timeout, src, dst };

/// "bytes", "packets", ...; nothing for other words.
std::optional<SortKey> parse_sort_key(std::string_view word);
std::string_view name_of(SortKey key);

/// Whether `a` stands before `b`: the most bytes and packets, the oldest, those that time out next,
/// the lowest addresses.
bool stands_before(SortKey key, const ConnectionRow& a, const ConnectionRow& b);

/// Keeps the first rows by a key, and no more, however many there are. Thread contract: one thread.
class BestRows {
 public:
  /// At most `limit` rows, which is more than 0.
  BestRows(SortKey key, std::size_t limit) : key_(key), limit_(limit) {}

  void add(const ConnectionRow& row);
  /// Those that were kept, the first one last; nothing may be added any more.
  std::vector<ConnectionRow> take_reversed();

 private:
  SortKey key_;
  std::size_t limit_;
  std::vector<ConnectionRow> heap_;  ///< the last of those kept is on top
};

}  // namespace spillway
