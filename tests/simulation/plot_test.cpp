#include "tests/simulation/plot.h"

#include <gtest/gtest.h>

#include "tests/simulation/tables.h"

namespace spillway::simulation {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

Panel panel(const std::string& title, double spill_above, double return_below) {
  Panel p;
  p.title = title;
  p.site.spill_above = spill_above;
  p.site.return_below = return_below;
  for (int i = 0; i < 100; ++i) p.outcome.trace.push_back({i * 0.1, {40e6, 20e6}});
  p.outcome.switches = {{2, 0, 1, "load"}, {4, 1, 0, "load"}};
  return p;
}

TEST(Plot, HasALineForEachUplinkAMarkForEachSwitchAndTheThresholds) {
  const std::string svg =
      to_svg({panel("one & <two>", 0.8, 0.64), panel("PCC", 0, 0)}, {10, 50e6, {{5, 2}}, 0.8});
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(count(svg, "<polyline"), 4u);
  EXPECT_EQ(count(svg, "<path class=\"switch\""), 4u);
  EXPECT_EQ(count(svg, "<path class=\"threshold\""), 2u);
  EXPECT_EQ(count(svg, "<path class=\"back\""), 1u);
  EXPECT_NE(svg.find("one &amp; &lt;two&gt;: 2 switches"), std::string::npos);
  EXPECT_NE(svg.find("offered 50 Mbit/s"), std::string::npos);
  EXPECT_NE(svg.find("offered 100 Mbit/s"), std::string::npos);
}

TEST(Plot, ThePictureOfThePageIsSmallAndShowsThreeWays) {
  const std::string svg = picture();
  EXPECT_LT(svg.size(), 100'000u);
  EXPECT_EQ(count(svg, "<polyline"), 6u);
  EXPECT_EQ(svg, picture()) << "the same each time";
}

TEST(Tables, ATableHasARowForEachWayToSteer) {
  const std::string table = table_of_a_burst();
  EXPECT_TRUE(table.starts_with("| way to steer |")) << table;
  for (const char* name : {kSpillway, kHysteresis, kSingle, kLeastUsed, kPcc})
    EXPECT_NE(table.find(std::string("\n| ") + name + " | "), std::string::npos) << name;
}

}  // namespace
}  // namespace spillway::simulation
