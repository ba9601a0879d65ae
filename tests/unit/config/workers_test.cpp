#include <gtest/gtest.h>

#include "control/config/parts.h"
#include "tests/unit/config/config_text.h"

namespace spillway::config {
namespace {

Workers workers_of(const std::string& setting) {
  return parse(base() + "workers = { " + setting + " };\n", "x.conf").workers;
}

TEST(Workers, AreChosenWhereNothingIsSaid) {
  EXPECT_EQ(workers_of(""), Workers{});
  EXPECT_EQ(workers_of("count = \"auto\";"), Workers{});
  EXPECT_EQ(parse(base(), "x.conf").workers, Workers{});
}

TEST(Workers, CountAndCpus) {
  EXPECT_EQ(workers_of("count = 3; cpus = \"2-3,8\";"), (Workers{3u, {2, 3, 8}, Idle::poll}));
  EXPECT_EQ(workers_of("idle = \"sleep\";").idle, Idle::sleep);
}

TEST(Workers, MistakesAreNamed) {
  const auto error = [](const std::string& setting) {
    return error_of(base() + "workers = { " + setting + " };\n");
  };
  EXPECT_EQ(error("count = 0;"),
            "x.conf:6: setting `workers.count`: found 0; allowed: an integer from 1 to 64");
  EXPECT_EQ(error("count = \"many\";"),
            "x.conf:6: setting `workers.count`: found \"many\"; allowed: a number of workers, 1 to "
            "64, or \"auto\"");
  EXPECT_EQ(error("idle = \"rest\";"),
            "x.conf:6: setting `workers.idle`: found \"rest\"; allowed: poll, pause, sleep");
  for (const char* bad : {"", "-", "1-", "3-1", "1,,2", "1,1", "0-3,2", "x", "1-3-5", "5000"})
    EXPECT_EQ(error("cpus = \"" + std::string(bad) + "\";"),
              "x.conf:6: setting `workers.cpus`: found \"" + std::string(bad) +
                  "\"; allowed: CPU numbers such as \"2-5,8\"");
}

TEST(Workers, CpuListsAreRead) {
  EXPECT_EQ(parse_cpus("0"), (std::vector<unsigned>{0}));
  EXPECT_EQ(parse_cpus("7,1-2"), (std::vector<unsigned>{7, 1, 2}));
}

}  // namespace
}  // namespace spillway::config
