#include <gtest/gtest.h>

#include "tests/unit/config/config_text.h"

namespace spillway::config {
namespace {

Metrics metrics_of(const std::string& section) {
  return parse(base() + section, "x.conf").metrics;
}

TEST(Metrics, AreOffUnlessTheFileHasTheSection) {
  EXPECT_FALSE(metrics_of("").enabled);
  EXPECT_TRUE(metrics_of("metrics = { };").enabled);
  EXPECT_EQ(metrics_of("metrics = { };").listen(), "127.0.0.1:9709");
  EXPECT_FALSE(metrics_of("metrics = { enabled = false; };").enabled);
}

TEST(Metrics, ListenAtAnAddressAndPort) {
  EXPECT_EQ(metrics_of("metrics = { listen = \"0.0.0.0:80\"; };").listen(), "0.0.0.0:80");
  const Config c = parse(base() + "metrics = { listen = \"10.0.0.1:65535\"; };", "x.conf");
  EXPECT_EQ(parse(effective(c), "again").metrics, c.metrics);
}

TEST(Metrics, R44_MistakesAreNamed) {
  for (const std::string bad : {"", "9709", "localhost:9709", "127.0.0.1", "127.0.0.1:",
                                "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:97x", "[::1]:9709"})
    EXPECT_EQ(error_of(base() + "metrics = { listen = \"" + bad + "\"; };"),
              "x.conf:6: setting `metrics.listen`: found \"" + bad +
                  "\"; allowed: an IPv4 address and a port such as \"127.0.0.1:9709\"");
  EXPECT_EQ(error_of(base() + "metrics = { enabled = 1; };"),
            "x.conf:6: setting `metrics.enabled`: found 1; allowed: true or false");
}

}  // namespace
}  // namespace spillway::config
