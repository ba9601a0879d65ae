#include "control/connections/best_rows.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/unit/connections/connection_rows.h"

namespace spillway::test {
namespace {

TEST(BestRows, EachKeyHasItsOrder) {
  ConnectionRow more = row_from(1);
  more.count[1].bytes += 1;
  more.count[0].packets += 1;
  more.age_ms += 1;
  more.left_ms += 1;
  ConnectionRow less = row_from(2);
  EXPECT_TRUE(stands_before(SortKey::bytes, more, less));
  EXPECT_TRUE(stands_before(SortKey::packets, more, less));
  EXPECT_TRUE(stands_before(SortKey::age, more, less));
  EXPECT_TRUE(stands_before(SortKey::timeout, less, more)) << "who ends next";
  EXPECT_TRUE(stands_before(SortKey::src, more, less)) << "by the port";
  less.original.dst = Ipv4Addr::of(9, 9, 9, 8);
  EXPECT_TRUE(stands_before(SortKey::dst, less, more));
  EXPECT_FALSE(stands_before(SortKey::dst, more, less));
}

TEST(BestRows, NamesAreThoseOfTheCommand) {
  for (const char* name : {"bytes", "packets", "age", "timeout", "src", "dst"})
    EXPECT_EQ(name_of(parse_sort_key(name).value()), name);
  EXPECT_FALSE(parse_sort_key("mark"));
}

RC_GTEST_PROP(BestRows, KeepsTheFirstOnesOfAll, ()) {
  const auto key = static_cast<SortKey>(*rc::gen::inRange(0, 6));
  const auto limit = *rc::gen::inRange<std::size_t>(1, 20);
  std::vector<ConnectionRow> all(*rc::gen::inRange<std::size_t>(0, 60));
  BestRows best(key, limit);
  for (ConnectionRow& row : all) {
    row = row_from(*rc::gen::inRange<std::uint16_t>(1, 9));
    row.count[0].bytes = *rc::gen::inRange(0u, 9u);
    row.count[1].packets = *rc::gen::inRange(0u, 9u);
    row.age_ms = *rc::gen::inRange(0u, 9u);
    row.left_ms = *rc::gen::inRange(0u, 9u);
    row.original.dst = Ipv4Addr::from_host(*rc::gen::inRange(0u, 9u));
    best.add(row);
  }
  auto kept = best.take_reversed();
  std::reverse(kept.begin(), kept.end());
  RC_ASSERT(kept.size() == std::min(limit, all.size()));
  std::sort(all.begin(), all.end(),
            [key](const auto& a, const auto& b) { return stands_before(key, a, b); });
  for (std::size_t i = 0; i < kept.size(); ++i)
    RC_ASSERT(!stands_before(key, kept[i], all[i]) && !stands_before(key, all[i], kept[i]));
}

}  // namespace
}  // namespace spillway::test
