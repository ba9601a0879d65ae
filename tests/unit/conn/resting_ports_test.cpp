#include "dataplane/conn/resting_ports.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <vector>

namespace spillway {
namespace {

TEST(RestingPorts, WithoutMemoryNothingRests) {
  RestingPorts none;
  none.add(1, 2, Millis{0});
  EXPECT_FALSE(none.rests(1, 3, Millis{0}));
}

TEST(RestingPorts, AnUnusedPlaceIsNobodys) {
  std::vector<RestingPorts::Line> lines(1);
  const RestingPorts ports(lines);
  EXPECT_FALSE(ports.rests(0, 1, Millis{0}));
}

TEST(RestingPorts, R04_TheTimeIsTheClocksAlsoWhereItBeginsAnew) {
  std::vector<RestingPorts::Line> lines(4);
  RestingPorts ports(lines);
  const Millis late{0xffffff00};
  ports.add(7, 1, late);
  EXPECT_TRUE(ports.rests(7, 2, Millis{late.value + RestingPorts::kRestMs - 1}));
  EXPECT_FALSE(ports.rests(7, 2, Millis{late.value + RestingPorts::kRestMs}));
  EXPECT_FALSE(ports.rests(7, 1, late)) << "whoever had it";
}

RC_GTEST_PROP(RestingPorts, R04_TheLastFewOfALineAreKnown, ()) {
  std::vector<RestingPorts::Line> lines(1);
  RestingPorts ports(lines);
  std::vector<std::uint32_t> added;
  const auto count = *rc::gen::inRange(0u, 40u);
  for (std::uint32_t i = 0; i < count; ++i) {
    added.push_back(100 + i);
    ports.add(added.back(), 1, Millis{i});
  }
  for (std::size_t i = 0; i < added.size(); ++i)
    RC_ASSERT(ports.rests(added[i], 2, Millis{50}) == (i + RestingPorts::kPerLine >= added.size()));
}

}  // namespace
}  // namespace spillway
