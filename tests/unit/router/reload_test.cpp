#include "control/router/reload.h"

#include <gtest/gtest.h>

#include "control/config/load.h"

namespace spillway {
namespace {

std::string base() {
  return "lan = { name = \"LAN\"; port = \"eth0\"; address = \"192.168.22.1/24\"; };\n"
         "uplinks = ( { name = \"ISP_1\"; port = \"eth1\"; address = \"1.1.1.32/24\";\n"
         "    gateway = \"1.1.1.1\"; },\n"
         "  { name = \"ISP_2\"; port = \"eth2\"; address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\"; "
         "} "
         ");\n";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string reason(const std::string& next) {
  return needs_restart(config::parse(base(), "x.conf"), config::parse(next, "x.conf")).value_or("");
}

TEST(Reload, TheControlSocketStays) {
  EXPECT_EQ(reason(base() + "control = { admin_group = \"adm\"; };"),
            "x.conf: `control` can change only by a restart; nothing has been changed");
}

TEST(Reload, WhatRulesSayMayChange) {
  for (const char* more :
       {"balance = { mode = \"bandwidth\"; window_ms = 500; };",
        "port_forwards = ( { protocol = \"tcp\"; ports = 80; to = \"192.168.22.5\"; } );",
        "routes = { main = ( { to = \"10.5.0.0/16\"; via = \"192.168.22.7\"; } ); };",
        "timeouts = { profile = \"linux\"; };", "limits = { per_lan_host = 10; };",
        "local_services = ();", "policy = ( { to_ports = 25; action = \"drop\"; } );"})
    EXPECT_EQ(reason(base() + more), "") << more;
  EXPECT_EQ(reason(replaced(base(), "gateway = \"1.1.1.1\"", "gateway = \"1.1.1.1\"; weight = 7")),
            "");
}

struct Row {
  const char* from;
  const char* to;
  const char* reason;
};

TEST(Reload, WhatPortsAreMayNotAndTheLineIsNamed) {
  const std::string end = " can change only by a restart; nothing has been changed";
  const Row rows[] = {
      {"\"eth2\"", "\"eth3\"", "x.conf:4: `uplinks[1].port`"},
      {"\"ISP_2\"", "\"LTE\"", "x.conf:4: `uplinks[1].name`"},
      {"1.1.1.32", "1.1.1.33", "x.conf:2: `uplinks[0].address`"},
      {"\"1.1.1.1\"", "\"1.1.1.2\"", "x.conf:2: `uplinks[0].gateway`"},
      {"192.168.22.1/24", "192.168.22.1/25", "x.conf:1: `lan[0].address`"},
      {"\"eth0\";", "\"eth0\"; vlan = 7;", "x.conf:1: `lan[0].vlan`"},
      {"\"eth0\";", "\"eth0\"; mtu = 1400;", "x.conf:1: `lan[0].mtu`"},
      {"\"eth0\";", "\"eth0\"; tap = false;", "x.conf:1: `lan[0].tap`"},
      {"\"eth0\";", "\"eth0\"; mac = \"02:00:00:00:00:01\";", "x.conf:1: `lan[0].mac`"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(reason(replaced(base(), row.from, row.to)), row.reason + end) << row.to;
}

TEST(Reload, AnotherNumberOfUplinksNeedsARestart) {
  const std::string third =
      "\"2.2.2.1\"; },\n  { name = \"ISP_3\"; port = \"eth3\"; address = \"3.3.3.7/24\"; gateway = "
      "\"3.3.3.1\"; }";
  EXPECT_EQ(reason(replaced(base(), "\"2.2.2.1\"; }", third)),
            "x.conf:5: the number of `uplinks` can change only by a restart; nothing has been "
            "changed");
  EXPECT_EQ(reason(base() + "limits = { connections = 1000; };"),
            "x.conf: `limits.connections` can change only by a restart; nothing has been changed");
}

}  // namespace
}  // namespace spillway
