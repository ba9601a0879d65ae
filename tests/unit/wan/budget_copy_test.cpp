#include <gtest/gtest.h>

#include "dataplane/wan/placement_budget.h"

namespace spillway {
namespace {

constexpr UplinkId kIsp1 = uplink_id(0);

/// Another thread asks what a worker would do that has not come round yet.
TEST(PlacementBudget, ACopyThatIsRefreshedIsWhatTheWorkersWillBe) {
  ActiveWord word;
  word.generation = 1;
  ActiveCell cell;
  cell.set_headroom(kIsp1, 5);
  PlacementBudget budget(1, 2);
  budget.refresh(cell, word);
  budget.take(kIsp1);
  PlacementBudget same = budget;
  same.refresh(cell, word);
  EXPECT_EQ(same.left(kIsp1), budget.left(kIsp1)) << "with what was placed";
  ++word.generation;
  cell.set_headroom(kIsp1, 50);
  PlacementBudget ahead = budget;
  ahead.refresh(cell, word);
  EXPECT_EQ(budget.left(kIsp1), 2u) << "the worker has not come round";
  EXPECT_EQ(ahead.left(kIsp1), 25u);
  budget.refresh(cell, word);
  EXPECT_EQ(ahead.left(kIsp1), budget.left(kIsp1));
}

}  // namespace
}  // namespace spillway
