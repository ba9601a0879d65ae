#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "control/config/load.h"
#include "control/config/rate.h"
#include "tests/unit/config/config_text.h"

namespace spillway::config {
namespace {

const std::filesystem::path kConf = SPILLWAY_CONF_DIR;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Config, TheSeedIsTheTalksNetwork) {
  const Config c = load((kConf / "seed.conf").string());
  ASSERT_EQ(c.uplinks.size(), 2u);
  EXPECT_EQ(to_string(c.lans[0].address), "192.168.22.1/24");
  EXPECT_EQ(to_string(c.uplinks[0].address), "1.1.1.32/24");
  EXPECT_EQ(to_string(c.uplinks[1].gateway), "2.2.2.1");
  EXPECT_EQ(c.uplinks[1].distance, 2u) << "from the main table";
  EXPECT_EQ(c.uplinks[0].table, "ISP1_Route");
  EXPECT_EQ(c.balance.mode, BalanceMode::bandwidth);
  ASSERT_EQ(c.monitors.size(), 2u);
  EXPECT_EQ(c.monitors[0].threshold, RateLimit::both({5242880}));
  EXPECT_EQ(c.monitors[1].trigger, Trigger::below);
  EXPECT_EQ(c.monitors[1].on_event, "ISP_1");
  EXPECT_EQ(c.timeouts, kTimeoutsRouteros);
  EXPECT_EQ(c.find_list("Connected")->prefixes.size(), 3u);
}

TEST(Config, TheEffectiveConfigurationReadsBackTheSame) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kConf)) {
    if (entry.path().extension() != ".conf") continue;
    ++files;
    const std::string text = effective(load(entry.path().string()));
    EXPECT_EQ(effective(parse(text, "again")), text) << entry.path();
  }
  EXPECT_GE(files, 7u);
}

TEST(Config, DefaultsFollowFromTheInterfaces) {
  const Config c = parse(base(), "x.conf");
  EXPECT_EQ(c.balance.order, (std::vector<std::string>{"ISP_1", "ISP_2"}));
  EXPECT_EQ(c.uplinks[0].distance, 1u);
  EXPECT_EQ(c.uplinks[1].distance, 2u);
  EXPECT_EQ(c.find_list("LAN")->prefixes.size(), 1u);
  EXPECT_EQ(c.find_list("Connected")->prefixes.size(), 3u);
  ASSERT_EQ(c.routes.size(), 3u);
  EXPECT_EQ(c.routes[0].name, "main");
}

struct Bad {
  const char* from;
  const char* to;
  const char* error;  ///< the whole first line
};

class BadConfig : public testing::TestWithParam<Bad> {};

TEST_P(BadConfig, NamesFileLineSettingFoundAndAllowed) {
  const Bad& bad = GetParam();
  const std::string text = error_of(replaced(base() + "# end\n", bad.from, bad.to));
  EXPECT_EQ(text.substr(0, text.find('\n')), bad.error);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadConfig,
    testing::Values(
        Bad{"\"1.1.1.1\"", "\"1.1.1\"",
            "x.conf:3: setting `uplinks[0].gateway`: found \"1.1.1\"; allowed: an IPv4 address, "
            "such as \"192.0.2.1\""},
        Bad{"\"1.1.1.1\"", "\"9.9.9.9\"",
            "x.conf:3: setting `uplinks[0].gateway`: found \"9.9.9.9\"; allowed: an address in "
            "1.1.1.0/24"},
        Bad{"gateway = \"2.2.2.1\"", "gatway = \"2.2.2.1\"",
            "x.conf:4: setting `uplinks[1].gateway`: missing; allowed: an IPv4 address, such as "
            "\"192.0.2.1\""},
        Bad{"name = \"ISP_2\"", "name = \"ISP_1\"",
            "x.conf:4: setting `uplinks[1].name`: \"ISP_1\" is used already at line 3; allowed: "
            "another name"},
        Bad{"\"p2\"", "\"p0\"",
            "x.conf:4: setting `uplinks[1].port`: \"p0\" is used already by LAN; allowed: a port "
            "or a vlan of its own"},
        Bad{"\"2.2.2.65/24\"", "\"1.1.1.65/24\"",
            "x.conf:4: setting `uplinks[1].address`: overlaps 1.1.1.32/24 of ISP_1; allowed: a "
            "network of its own"},
        Bad{"\"192.168.22.1/24\"", "\"192.168.22.0/24\"",
            "x.conf:1: setting `lan.address`: found \"192.168.22.0/24\"; allowed: a host's "
            "address, not that of a network or a group"},
        Bad{"\"192.168.22.1/24\"", "7",
            "x.conf:1: setting `lan.address`: found 7; allowed: text in double quotes"},
        Bad{"# end", "balance = { mode = \"best\"; };",
            "x.conf:6: setting `balance.mode`: found \"best\"; allowed: bandwidth, pcc, policy, "
            "failover, least-used, weighted"},
        Bad{"# end", "balence = { };",
            "x.conf:6: setting `balence`: unknown; did you mean `balance`?; allowed here: lan, "
            "uplinks, probes, routes, address_lists, balance, monitors, policy, port_forwards, "
            "local_services, failure, hooks, timeouts, tcp, limits, workers, control, metrics"},
        Bad{"# end", "balance = { sample_ms = 300; };",
            "x.conf:6: setting `balance.window_ms`: found nothing; allowed: a multiple of "
            "sample_ms, 300"},
        Bad{"# end", "balance = { sample_ms = 5; };",
            "x.conf:6: setting `balance.sample_ms`: found 5; allowed: an integer from 10 to 10000"},
        Bad{"# end", "balance = { order = ( \"ISP_3\" ); };",
            "x.conf:6: setting `balance.order`: found \"ISP_3\"; allowed: uplinks: ISP_1, ISP_2"},
        Bad{"# end",
            "monitors = ( { name = \"LB1\"; interface = \"ISP_9\"; trigger = \"above\"; threshold "
            "= 5; on_event = \"ISP_2\"; } );",
            "x.conf:6: setting `monitors[0].interface`: found \"ISP_9\"; allowed: an uplink: "
            "ISP_1, ISP_2"},
        Bad{"# end", "timeouts = { udp = 0; };",
            "x.conf:6: setting `timeouts.udp`: found 0; allowed: an integer from 1 to 1000000"},
        Bad{"# end", "timeouts = { profile = \"cisco\"; };",
            "x.conf:6: setting `timeouts.profile`: found \"cisco\"; allowed: routeros, rfc, linux"},
        Bad{"# end", "policy = ( { to_ports = 25; } );",
            "x.conf:6: setting `policy[0].uplink`: found 0 actions; allowed: exactly one of "
            "uplink, group, action"},
        Bad{"# end", "policy = ( { protocol = \"icmp\"; to_ports = 25; action = \"drop\"; } );",
            "x.conf:6: setting `policy[0].protocol`: found \"icmp\"; allowed: tcp, udp or any "
            "where a rule names ports"},
        Bad{"# end",
            "port_forwards = ( { protocol = \"tcp\"; ports = \"90-80\"; to = \"192.168.22.5\"; } "
            ");",
            "x.conf:6: setting `port_forwards[0].ports`: found \"90-80\"; allowed: a port, or a "
            "range such as \"8000-8010\""},
        Bad{"# end", "port_forwards = ( { protocol = \"tcp\"; ports = 80; to = \"8.8.8.8\"; } );",
            "x.conf:6: setting `port_forwards[0].to`: found \"8.8.8.8\"; allowed: the address of "
            "a host in a LAN"},
        Bad{"# end", "address_lists = { LAN = \"192.168.22.1/24\"; };",
            "x.conf:6: setting `address_lists.LAN`: found \"192.168.22.1/24\"; allowed: a prefix "
            "without host bits, such as \"192.0.2.0/24\""},
        Bad{"# end", "routes = { ISP7 = (); };",
            "x.conf:6: setting `routes.ISP7`: no uplink has this table; allowed: main, or the "
            "`table` of an uplink"},
        Bad{"# end", "limits = { connections = \"many\"; };",
            "x.conf:6: setting `limits.connections`: found \"many\"; allowed: an integer from 16 "
            "to 67108864"},
        Bad{"\"p1\"", "\"my port\"",
            "x.conf:3: setting `uplinks[0].port`: found \"my port\"; allowed: a Linux interface "
            "such as \"eth1\", a PCI address such as \"0000:03:00.0\", or a DPDK device such as "
            "\"net_tap0,iface=x\""},
        Bad{"port = \"p1\";", "port = \"p1\"; vlan = 4095;",
            "x.conf:3: setting `uplinks[0].vlan`: found 4095; allowed: an integer from 1 to 4094"},
        Bad{"\"ISP_2\"", "\"the second one\"",
            "x.conf:4: setting `uplinks[1].name`: \"the second one\" cannot name the companion "
            "interface; allowed: 1 to 15 characters without blanks, '/' and ':', or tap = false"},
        Bad{"# end",
            "local_services = ( { uplink = \"ISP_3\"; protocol = \"tcp\"; ports = 22; } );",
            "x.conf:6: setting `local_services[0].uplink`: found \"ISP_3\"; allowed: ISP_1, ISP_2"},
        Bad{"# end", "local_services = ( { protocol = \"tcp\"; } );",
            "x.conf:6: setting `local_services[0].ports`: missing; allowed: a port, or a range "
            "such "
            "as \"8000-8010\""},
        Bad{"# end", "local_services = ( { protocol = \"icmp\"; ports = 8; } );",
            "x.conf:6: setting `local_services[0].ports`: found 8; allowed: none for icmp, which "
            "is "
            "echo"},
        Bad{"# end", "routes = { main = ( { to = \"10.0.0.0/8\"; via = \"9.9.9.9\"; } ); };",
            "x.conf:6: setting `routes.main[0].via`: found \"9.9.9.9\"; allowed: a router in a "
            "LAN; "
            "which uplink serves a network, `policy` says"},
        Bad{"# end", "routes = { main = ( { to = \"1.1.1.0/25\"; via = \"192.168.22.7\"; } ); };",
            "x.conf:6: setting `routes.main[0].to`: found \"1.1.1.0/25\"; allowed: a network that "
            "is "
            "not connected itself"},
        Bad{"# end",
            "routes = { ISP_1_Route = ( { to = \"10.0.0.0/8\"; via = \"192.168.22.7\"; } ); };",
            "x.conf:6: setting `routes.ISP_1_Route[0].to`: found \"10.0.0.0/8\"; allowed: "
            "\"0.0.0.0/0\": networks behind the LAN stand in the table main"},
        Bad{"# end",
            "routes = { main = ( { to = \"10.0.0.0/8\"; via = \"192.168.22.7\"; }, { to = "
            "\"10.0.0.0/8\"; via = \"192.168.22.8\"; } ); };",
            "x.conf:6: setting `routes.main[1].to`: \"10.0.0.0/8\" stands already at line 6; "
            "allowed: one route for each network"},
        Bad{"# end", "probes = { arp = 5; };",
            "x.conf:6: setting `probes.arp`: found 5; allowed: true or false"},
        Bad{"# end", "probes = { ping = { interval_ms = 5; }; };",
            "x.conf:6: setting `probes.ping.interval_ms`: found 5; allowed: an integer from 10 to "
            "60000"},
        Bad{"# end", "probes = { targets = { hosts = ( \"8.8.8.8\", \"8.8.8.8\" ); }; };",
            "x.conf:6: setting `probes.targets.hosts`: found \"8.8.8.8\" twice; allowed: IPv4 "
            "addresses, each once"},
        Bad{"# end", "probes = { targets = { hosts = ( \"8.8.8.8\" ); quorum = 2; }; };",
            "x.conf:6: setting `probes.targets.quorum`: found 2; allowed: an integer from 1 to 1"},
        Bad{"# end", "probes = { hold_down = { least_ms = 500; most_ms = 100; }; };",
            "x.conf:6: setting `probes.hold_down.most_ms`: found 100; allowed: at least least_ms, "
            "500"},
        Bad{"lan = {", "lan = {{", "x.conf:1: syntax error"}));

TEST(Config, OverlappingForwardsAreRefused) {
  const std::string text = error_of(
      base() +
      "port_forwards = ( { protocol = \"tcp\"; ports = \"80-90\"; to = \"192.168.22.5\"; },\n"
      "  { uplink = \"ISP_1\"; protocol = \"tcp\"; ports = 85; to = \"192.168.22.6\"; } );\n");
  EXPECT_EQ(text,
            "x.conf:7: setting `port_forwards[1].ports`: overlaps the forward at line 6; allowed: "
            "ports that no other forward has");
}

TEST(Config, ThresholdsOfAnUplink) {
  const std::string with = replaced(base(), "gateway = \"1.1.1.1\";",
                                    "gateway = \"1.1.1.1\"; threshold = { spill_above = \"5M\"; "
                                    "return_below = \"4.5M\"; }; capacity = { rx = \"10G\"; };");
  const Config c = parse(with, "x.conf");
  EXPECT_EQ(c.uplinks[0].threshold->spill_above, RateLimit::both({5000000}));
  EXPECT_EQ(c.uplinks[0].threshold->return_below, RateLimit::both({4500000}));
  EXPECT_EQ(c.uplinks[0].capacity_rx, BitsPerSecond{10000000000});
  EXPECT_EQ(error_of(replaced(with, "4.5M", "6M")),
            "x.conf:3: setting `uplinks[0].threshold.return_below`: found \"6M\"; allowed: at most "
            "spill_above, 5000000");
}

TEST(Config, ManyErrorsAreAllNamedUpToABound) {
  std::string text = base();
  for (int i = 0; i < 30; ++i) text += "unknown" + std::to_string(i) + " = 1;\n";
  const std::string error = error_of(text);
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 20);
  EXPECT_NE(error.find("10 errors more"), std::string::npos);
}

TEST(Config, SixteenUplinksAndNoMore) {
  const auto many = [](int n) {
    std::string text =
        "lan = { name = \"LAN\"; port = \"p\"; address = \"192.168.22.1/24\"; };\nuplinks = (";
    for (int i = 1; i <= n; ++i) {
      const std::string s = std::to_string(i);
      text.append(i > 1 ? "," : "").append("{ name = \"U").append(s);
      text.append("\"; port = \"p").append(s).append("\"; address = \"10.").append(s);
      text.append(".0.2/24\"; gateway = \"10.").append(s).append(".0.1\"; }");
    }
    return text.append(");");
  };
  EXPECT_EQ(parse(many(16), "x").uplinks.size(), 16u);
  EXPECT_NE(error_of(many(17)).find("at most 16 uplinks"), std::string::npos);
}

TEST(Config, AMissingFileAndADirectoryAreErrors) {
  EXPECT_THROW(load("/nonexistent/x.conf"), ConfigError);
  EXPECT_THROW(load(kConf.string()), ConfigError);
}

TEST(Config, IncludesNameTheirOwnFile) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("spillway-config-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "part.conf") << "\nbalance = { mode = \"x\"; };\n";
  std::ofstream(folder / "main.conf") << base() << "@include \"part.conf\"\n";
  try {
    load((folder / "main.conf").string());
    FAIL() << "no error";
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("part.conf:2: setting `balance.mode`"), std::string::npos)
        << e.what();
  }
  std::filesystem::remove_all(folder);
}

TEST(Config, R44_EveryPrefixOfTheSeedIsHandled) {
  const std::string text = read(kConf / "seed.conf");
  std::size_t refused = 0;
  for (std::size_t n = 0; n < text.size(); ++n) refused += !error_of(text.substr(0, n)).empty();
  EXPECT_GT(refused, text.size() / 2);
}

RC_GTEST_PROP(Config, R44_AnyTextIsHandled, (const std::string& noise)) {
  error_of(noise);
  std::string text = base();
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = *rc::gen::arbitrary<char>();
  error_of(text);
}

TEST(Rate, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_rate("5242880"), BitsPerSecond{5242880});
  EXPECT_EQ(parse_rate("512k"), BitsPerSecond{512000});
  EXPECT_EQ(parse_rate("5.5M"), BitsPerSecond{5500000});
  EXPECT_EQ(parse_rate("1G"), BitsPerSecond{1000000000});
  EXPECT_EQ(parse_rate("5Mi"), BitsPerSecond{5242880});
  EXPECT_EQ(parse_rate("18446744073709551615"), BitsPerSecond{18446744073709551615u});
  for (const char* bad : {"", "M", "-1", "5X", "5MB", "5 M", "1e5", "nan", "99999999T"})
    EXPECT_EQ(parse_rate(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace spillway::config
