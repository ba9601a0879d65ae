// Ports, companions, services, networks behind the LAN, and probes.

#include <gtest/gtest.h>

#include <filesystem>

#include "control/config/load.h"
#include "control/config/port_name.h"
#include "tests/unit/config/config_text.h"

namespace spillway::config {
namespace {

const std::filesystem::path kConf = SPILLWAY_CONF_DIR;

TEST(Config, OnlyEchoIsOpenToTheUplinksUnlessListed) {
  const Config c = parse(base(), "x.conf");
  ASSERT_EQ(c.local_services.size(), 1u);
  EXPECT_EQ(c.local_services[0].protocol, IpProto::icmp);
  EXPECT_EQ(c.local_services[0].uplink, "");
  EXPECT_TRUE(parse(base() + "local_services = ();", "x.conf").local_services.empty());
  const Config more = parse(
      base() +
          "local_services = ( { protocol = \"tcp\"; ports = \"22-23\"; uplink = \"ISP_2\"; } );",
      "x.conf");
  ASSERT_EQ(more.local_services.size(), 1u);
  EXPECT_EQ(more.local_services[0].ports, (PortRange{22, 23}));
}

TEST(Config, NetworksBehindTheLanBelongToIt) {
  const Config c =
      parse(base() +
                "routes = { main = ( { to = \"10.5.0.0/16\"; via = \"192.168.22.7\"; } ); };\n"
                "port_forwards = ( { protocol = \"tcp\"; ports = 80; to = \"10.5.1.1\"; } );",
            "x.conf");
  ASSERT_EQ(c.lan_routes().size(), 1u);
  EXPECT_EQ(to_string(c.find_list("LAN")->prefixes.back()), "10.5.0.0/16");
  EXPECT_EQ(c.routes[0].routes.size(), 3u) << "the uplinks' default routes need not be named";
  EXPECT_EQ(effective(parse(effective(c), "again")), effective(c));
}

TEST(Config, OnePortCarriesSeveralVlans) {
  const std::string vlan =
      replaced(replaced(base(), "port = \"p1\";", "port = \"trunk\"; vlan = 11;"), "port = \"p2\";",
               "port = \"trunk\"; vlan = 12;");
  const Config c = parse(vlan, "x.conf");
  EXPECT_EQ(c.uplinks[0].vlan, 11u);
  EXPECT_EQ(effective(parse(effective(c), "again")), effective(c));
  EXPECT_EQ(error_of(replaced(vlan, "vlan = 12", "vlan = 11")),
            "x.conf:4: setting `uplinks[1].port`: \"trunk\" is used already by ISP_1; allowed: a "
            "port or a vlan of its own");
  EXPECT_EQ(
      error_of(replaced(replaced(vlan, "vlan = 11;", "vlan = 11; mac = \"02:00:00:00:00:01\";"),
                        "vlan = 12;", "vlan = 12; mac = \"02:00:00:00:00:02\";")),
      "x.conf:4: setting `uplinks[1].mac`: is another one than that of ISP_1 on the same port; "
      "allowed: one address for each port");
}

TEST(Config, OneDeviceUnderTwoNamesIsOnePort) {
  EXPECT_NE(
      error_of(replaced(replaced(base(), "\"p1\"", "\"03:00.0\""), "\"p2\"", "\"0000:03:00.0\"")),
      "");
  EXPECT_NE(error_of(replaced(base(), "\"p2\"", "\"net_af_packet0,iface=p0\"")), "");
}

TEST(Config, R44_APortWithoutANameIsRefused) {
  EXPECT_EQ(error_of(replaced(base(), "\"p1\"", "\"\"")),
            "x.conf:3: setting `uplinks[0].port`: found \"\"; allowed: a Linux interface such as "
            "\"eth1\", a PCI address such as \"0000:03:00.0\", or a DPDK device such as "
            "\"net_tap0,iface=x\"");
}

TEST(PortName, TellsDevicesApart) {
  const auto pci = parse_port_name("03:00.1");
  ASSERT_TRUE(pci);
  EXPECT_EQ(pci->kind, PortName::Kind::pci);
  EXPECT_EQ(pci->device, "0000:03:00.1");
  EXPECT_EQ(parse_port_name("0000:3B:0A.1")->device, "0000:3b:0a.1") << "as Linux spells it";
  const auto vdev = parse_port_name("net_tap0,iface=x,persist");
  ASSERT_TRUE(vdev);
  EXPECT_EQ(vdev->kind, PortName::Kind::vdev);
  EXPECT_EQ(vdev->device, "net_tap0");
  EXPECT_EQ(vdev->arguments, "iface=x,persist");
  EXPECT_FALSE(vdev->taken_interface());
  EXPECT_EQ(parse_port_name("net_af_packet0,qpairs=1,iface=eth7")->taken_interface(), "eth7");
  EXPECT_EQ(parse_port_name("eth1")->taken_interface(), "eth1");
  for (const char* bad : {"", "a b", "eth1,x", "a/b", "0123456789abcdef", ".", "x:1"})
    EXPECT_FALSE(parse_port_name(bad)) << bad;
}

TEST(Config, GatewaysAreAskedByArpAndPingedWhereARouteSaysSo) {
  const Config c = parse(base(), "x.conf");
  EXPECT_EQ(c.uplinks[0].health, HealthSettings{});
  EXPECT_TRUE(c.uplinks[0].health.arp);
  EXPECT_FALSE(c.uplinks[0].health.ping) << "many gateways answer no ping";
  const Config seed = load((kConf / "seed.conf").string());
  EXPECT_EQ(seed.uplinks[0].health.ping, ProbePace{}) << "check_gateway";
  EXPECT_EQ(ProbePace{}.detection(), std::chrono::milliseconds(700));
  EXPECT_EQ(ProbeTargets{}.pace.detection(), std::chrono::milliseconds(1600));
}

TEST(Config, ProbesOfAllUplinksAndOfOne) {
  const std::string text =
      replaced(base(), "gateway = \"2.2.2.1\";",
               "gateway = \"2.2.2.1\"; probes = { arp = false; ping = true; "
               "targets = { hosts = ( \"4.4.4.4\" ); quorum = 1; }; };") +
      "probes = { profile = \"fast\"; ping = { misses = 5; };\n"
      "  targets = { hosts = ( \"8.8.8.8\", \"9.9.9.9\" ); quorum = 2; };\n"
      "  limits = { loss = 20; rtt_ms = 300; }; hold_down = { least_ms = 50; }; };\n";
  const Config c = parse(text, "x.conf");
  const HealthSettings& first = c.uplinks[0].health;
  EXPECT_EQ(first.arp->interval, std::chrono::milliseconds(30));
  EXPECT_EQ(first.ping->interval, std::chrono::milliseconds(30));
  EXPECT_EQ(first.ping->misses, 5u);
  EXPECT_EQ(first.targets.hosts.size(), 2u);
  EXPECT_EQ(first.limits.loss, 0.2);
  EXPECT_FALSE(first.limits.jitter);
  const HealthSettings& second = c.uplinks[1].health;
  EXPECT_FALSE(second.arp);
  EXPECT_TRUE(second.ping);
  EXPECT_EQ(second.targets.hosts.size(), 1u);
  EXPECT_EQ(second.targets.quorum, 1u);
  EXPECT_EQ(second.hold_down.least, std::chrono::milliseconds(50)) << "as for all";
  EXPECT_EQ(effective(parse(effective(c), "again")), effective(c));
}

}  // namespace
}  // namespace spillway::config
