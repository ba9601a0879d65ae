#include "control/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace spillway {
namespace {

std::string error_of(const std::vector<std::string>& arguments) {
  try {
    parse_options(arguments);
  } catch (const UsageError& e) {
    return e.what();
  }
  return {};
}

TEST(Options, Commands) {
  EXPECT_EQ(parse_options({"--config", "x"}).command, Command::run);
  EXPECT_EQ(parse_options({"-c", "x", "--check"}).command, Command::check);
  EXPECT_TRUE(parse_options({"-c", "x", "--interactive"}).interactive);
  EXPECT_FALSE(parse_options({"-c", "x"}).interactive);
  EXPECT_EQ(parse_options({"--help"}).command, Command::help);
  EXPECT_EQ(parse_options({"--version"}).command, Command::version);
  EXPECT_EQ(parse_options({"replay", "--help"}).command, Command::replay_help);
}

TEST(Options, Replay) {
  const Options o = parse_options({"replay",       "a.pcap",     "--config",  "x",
                                   "--out",        "d",          "--speed",   "max",
                                   "--time-scale", "2.5",        "--loop",    "3",
                                   "--lan-net",    "10.0.0.0/8", "--lan-net", "172.16.0.0/12",
                                   "--json",       "--html",     "r.html",    "--no-progress",
                                   "--",           "-m",         "512"});
  EXPECT_EQ(o.command, Command::replay);
  EXPECT_EQ(o.capture, "a.pcap");
  EXPECT_EQ(o.config_file, "x");
  EXPECT_EQ(o.out_dir, "d");
  EXPECT_EQ(o.html_file, "r.html");
  EXPECT_EQ(o.speed, ReplaySpeed::max);
  EXPECT_EQ(o.time_scale, 2.5);
  EXPECT_EQ(o.rounds, 3u);
  EXPECT_EQ(o.lan_nets.size(), 2u);
  EXPECT_TRUE(o.json);
  EXPECT_FALSE(o.progress);
  EXPECT_EQ(o.eal_arguments, (std::vector<std::string>{"-m", "512"}));
}

TEST(Options, MistakesNameTheOptionAndWhatIsAllowed) {
  EXPECT_EQ(error_of({}), "--config FILE is missing");
  EXPECT_EQ(error_of({"replay", "--config", "x"}),
            "a capture is missing: spillway replay CAPTURE --config FILE");
  EXPECT_EQ(error_of({"replay", "a"}), "--config FILE is missing");
  EXPECT_EQ(error_of({"replay", "a", "--config", "x", "--speed", "fast"}),
            "--speed: found \"fast\"; allowed: virtual, real, max");
  for (const char* scale : {"0", "-1", "x", "1x", "", "nan", "inf", "1e99"})
    EXPECT_EQ(error_of({"replay", "a", "-c", "x", "--time-scale", scale}),
              "--time-scale: found \"" + std::string(scale) +
                  "\"; allowed: a number from 0.000001 to 1000000000");
  for (const char* loop : {"0", "-1", "x", "1x", "", "1.5", "1000001"})
    EXPECT_EQ(
        error_of({"replay", "a", "-c", "x", "--loop", loop}),
        "--loop: found \"" + std::string(loop) + "\"; allowed: a number of times, 1 to 1000000");
  EXPECT_EQ(error_of({"replay", "a", "-c", "x", "--lan-net", "10.0.0.1/8"}),
            "--lan-net: found \"10.0.0.1/8\"; allowed: a prefix without host bits, such as "
            "10.0.0.0/8");
  EXPECT_NE(error_of({"replay", "a", "b", "-c", "x"}), "");
  EXPECT_NE(error_of({"relpay"}), "");
  EXPECT_NE(error_of({"--conf", "x"}), "") << "no abbreviations";
  EXPECT_NE(error_of({"--config"}), "");
}

TEST(Options, HelpFitsAScreen) {
  for (const std::string& text : {help_text(), replay_help_text()}) {
    std::istringstream lines(text);
    std::string line;
    int n = 0;
    for (; std::getline(lines, line); ++n) EXPECT_LE(line.size(), 80u) << line;
    EXPECT_LE(n, 24);
    EXPECT_GE(n, 8);
  }
}

}  // namespace
}  // namespace spillway
