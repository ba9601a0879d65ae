#include "control/connections/best_rows.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace spillway {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"bytes",   "packets", "age",
                                                    "timeout", "src",     "dst"};

std::uint64_t bytes_of(const ConnectionRow& row) {
  return row.count[0].bytes + row.count[1].bytes;
}
std::uint64_t packets_of(const ConnectionRow& row) {
  return row.count[0].packets + row.count[1].packets;
}
auto source_of(const ConnectionRow& row) {
  return std::pair(row.original.src.host(), row.original.src_port.host());
}
auto destination_of(const ConnectionRow& row) {
  return std::pair(row.original.dst.host(), row.original.dst_port.host());
}

}  // namespace

std::optional<SortKey> parse_sort_key(std::string_view word) {
  const auto* at = std::find(kNames.begin(), kNames.end(), word);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<SortKey>(at - kNames.begin());
}

std::string_view name_of(SortKey key) {
  return kNames[static_cast<std::size_t>(key)];
}

bool stands_before(SortKey key, const ConnectionRow& a, const ConnectionRow& b) {
  switch (key) {
    case SortKey::bytes:
      return bytes_of(a) > bytes_of(b);
    case SortKey::packets:
      return packets_of(a) > packets_of(b);
    case SortKey::age:
      return a.age_ms > b.age_ms;
    case SortKey::timeout:
      return a.left_ms < b.left_ms;
    case SortKey::src:
      return std::tuple(source_of(a), destination_of(a)) <
             std::tuple(source_of(b), destination_of(b));
    case SortKey::dst:
      break;
  }
  return std::tuple(destination_of(a), source_of(a)) < std::tuple(destination_of(b), source_of(b));
}

void BestRows::add(const ConnectionRow& row) {
  const auto before = [this](const ConnectionRow& a, const ConnectionRow& b) {
    return stands_before(key_, a, b);
  };
  if (heap_.size() == limit_) {
    if (!before(row, heap_.front())) return;
    std::pop_heap(heap_.begin(), heap_.end(), before);
    heap_.back() = row;
  } else {
    heap_.push_back(row);
  }
  std::push_heap(heap_.begin(), heap_.end(), before);
}

std::vector<ConnectionRow> BestRows::take_reversed() {
  std::sort(heap_.begin(), heap_.end(), [this](const ConnectionRow& a, const ConnectionRow& b) {
    return stands_before(key_, b, a);
  });
  return std::move(heap_);
}

}  // namespace spillway
