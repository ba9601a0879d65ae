// Whole replays: configuration and packets in, packets and counters out, compared with files that
// only SPILLWAY_REGENERATE_GOLDEN=1 rewrites.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "control/replay/capture/capture.h"
#include "control/replay/report/writers.h"
#include "dataplane/net/headers.h"
#include "tests/support/script.h"

namespace spillway::replay {
namespace {

using test::FrameSpec;
using test::Script;

struct Scenario {
  const char* name;
  std::string config;  ///< appended to the small configuration
  Script script;
};

/// A download beyond the threshold, a connection opened during it and one after it.
Script spill_and_return() {
  Script s;
  s.at(0).udp_out(1000);
  for (int ms = 10; ms < 3000; ms += 2) s.at(ms).udp_in(1000, 1400);
  s.at(2500).udp_out(1001).udp_in(1001);
  s.at(2999).udp_out(1000);
  s.at(6000).udp_out(1002).udp_in(1002);
  s.udp_out(1001).udp_in(1001);
  return s;
}

Script every_protocol() {
  Script s;
  s.tcp_conversation(40000).udp_out(4000).udp_in(4000);
  FrameSpec ping;
  ping.proto = IpProto::icmp;
  s.out(ping);
  ping.icmp_type = 0;
  s.in(ping);
  FrameSpec gre;
  gre.proto = static_cast<IpProto>(47);
  gre.payload.assign(24, 3);
  s.out(gre).in(gre);
  return s;
}

Script inbound() {
  Script s;
  s.tcp_in(80, tcp::syn, 1)
      .tcp_out(80, tcp::syn | tcp::ack_flag, 9, 2)
      .tcp_in(80, tcp::ack_flag, 2, 10);
  return s.tcp_in(81, tcp::syn, 1);
}

std::vector<Scenario> scenarios() {
  const std::string monitors =
      "balance = { mode = \"bandwidth\"; reserve = false; };\n"
      "monitors = ( { name = \"LB1\"; interface = \"ISP_1\"; trigger = \"above\"; threshold = "
      "5242880; on_event = \"ISP_2\"; },\n"
      "  { name = \"LB2\"; interface = \"ISP_1\"; trigger = \"below\"; threshold = 5242880; "
      "on_event = \"ISP_1\"; } );\n";
  return {
      {"spill-and-return", monitors, spill_and_return()},
      {"every-protocol", "", every_protocol()},
      {"policy",
       "policy = ( { protocol = \"tcp\"; uplink = \"ISP_2\"; }, { protocol = \"udp\"; action = "
       "\"drop\"; } );",
       every_protocol()},
      {"pcc", "balance = { mode = \"pcc\"; classifier = \"both-addresses-and-ports\"; };",
       every_protocol()},
      {"port-forward",
       "port_forwards = ( { protocol = \"tcp\"; ports = 80; to = \"192.168.22.17\"; } );",
       inbound()},
  };
}

/// What left each port, a line a packet, and the counters.
std::string outcome(const Scenario& scenario) {
  const auto folder =
      std::filesystem::temp_directory_path() /
      ("spillway-golden-" + std::string(scenario.name) + std::to_string(::getpid()));
  const Report report = scenario.script.replay(test::small_config(scenario.config),
                                               Speed::virtual_time, folder.string());
  auto json = nlohmann::ordered_json::parse(to_json(report));
  json.erase("clocks_per_packet");
  json.erase("packets_per_second");
  json.erase("wall_seconds");
  json.erase("version");
  std::ostringstream out;
  out << json.dump(1) << "\n";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    CaptureReader reader(file.string());
    constexpr std::uint64_t kShown = 50;
    while (const auto p = reader.next()) {
      if (p->frame > kShown) continue;
      out << file.stem().string() << " " << p->time_ns << " ";
      // The headers say it all; payloads are verified byte by byte already.
      for (std::size_t i = 0; i < std::min<std::size_t>(p->bytes.size(), 40); ++i) {
        constexpr char digits[] = "0123456789abcdef";
        out << digits[p->bytes[i] >> 4] << digits[p->bytes[i] & 15];
      }
      out << " " << p->bytes.size() << "\n";
    }
  }
  std::filesystem::remove_all(folder);
  EXPECT_TRUE(report.verified()) << scenario.name;
  return out.str();
}

std::filesystem::path golden_file(const char* name) {
  return std::filesystem::path(SPILLWAY_GOLDEN_DIR) / (std::string(name) + ".golden");
}

TEST(Golden, PacketsAndCountersAreAsRecorded) {
  for (const Scenario& scenario : scenarios()) {
    const std::string got = outcome(scenario);
    if (std::getenv("SPILLWAY_REGENERATE_GOLDEN") != nullptr) {
      std::ofstream(golden_file(scenario.name)) << got;
      continue;
    }
    std::ifstream file(golden_file(scenario.name));
    std::ostringstream recorded;
    recorded << file.rdbuf();
    EXPECT_EQ(got, recorded.str()) << scenario.name;
  }
}

TEST(Golden, R30_TheSeedsStoryGoesToIsp2AndBack) {
  const Scenario story = scenarios()[0];
  const Report r = story.script.replay(test::small_config(story.config));
  ASSERT_EQ(r.switches.size(), 2u);
  EXPECT_EQ(r.switches[0].to, "ISP_2");
  EXPECT_EQ(r.switches[1].to, "ISP_1");
  EXPECT_EQ(r.connections.at("Sticky_ISP_1"), 2u);
  EXPECT_EQ(r.connections.at("Sticky_ISP_2"), 1u);
  EXPECT_EQ(r.changed_uplink, 0u);
}

/// Two downloads of 1.4 and 2.8 Mbit/s, a connection opened while both uplinks are beyond 1 Mbit/s.
TEST(Golden, R31_AllOverloadedTheLeastLoadedTakesTheNextAndItIsSaid) {
  config::Config config = test::small_config("balance = { mode = \"bandwidth\"; };");
  for (config::Uplink& uplink : config.uplinks)
    uplink.threshold =
        config::Threshold{config::Traffic::received, config::RateLimit::both({1'000'000}),
                          config::RateLimit::both({800'000})};
  Script s;
  s.at(0).udp_out(1000);
  for (int ms = 10; ms < 2000; ms += 4) s.at(ms).udp_in(1000, 1400);
  s.at(2000).udp_out(1001);
  for (int ms = 2000; ms < 5000; ms += 4) s.at(ms).udp_in(1000, 1400).udp_in(1001, 700);
  s.at(5000).udp_out(1002).udp_in(1002);
  const Report r = s.replay(config);
  ASSERT_EQ(r.switches.size(), 2u);
  ASSERT_EQ(r.overloads.size(), 2u);
  EXPECT_NE(r.overloads[0].text.find("all uplinks overloaded: "), std::string::npos);
  EXPECT_GT(r.overloads[0].time, 2.0);
  EXPECT_LT(r.overloads[0].time, 4.0);
  EXPECT_EQ(r.overloads[1].text, "no longer all uplinks overloaded: new connections go to ISP_2");
  EXPECT_EQ(r.uplinks[0].connections, 1u);
  EXPECT_EQ(r.uplinks[1].connections, 2u);
}

TEST(Golden, TheSameReplayTwiceIsTheSame) {
  for (const Scenario& scenario : scenarios()) EXPECT_EQ(outcome(scenario), outcome(scenario));
}

}  // namespace
}  // namespace spillway::replay
