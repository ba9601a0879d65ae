// What `show` tells of steering: the active uplink, monitors, probes, mangle, routes, neighbours.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/commands/balance_commands.h"
#include "control/commands/mangle_commands.h"
#include "control/commands/probe_commands.h"
#include "control/commands/route_commands.h"
#include "control/config/load.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

config::Config seed() {
  return config::load(SPILLWAY_CONF_DIR "/seed.conf");
}

TEST(BalanceCommands, TheActiveUplinkAndWhy) {
  ActiveView view;
  view.mode = "bandwidth";
  view.active = "ISP_2";
  view.since = 3200ms;
  view.cause = "LB1: ISP_1 received 6 bit/s above 5 bit/s";
  view.usable = {"ISP_1", "ISP_2"};
  view.overloaded = {"ISP_1"};
  EXPECT_EQ(active_to_text(view),
            "active: ISP_2 for 3.2 s because LB1: ISP_1 received 6 bit/s above 5 bit/s\n"
            "mode: bandwidth\nusable: ISP_1, ISP_2\noverloaded: ISP_1\n");
  EXPECT_EQ(Json::parse(active_to_json(view)), Json::parse(R"({"active": "ISP_2", "since_s": 3.2,
    "cause": "LB1: ISP_1 received 6 bit/s above 5 bit/s", "mode": "bandwidth",
    "usable": ["ISP_1", "ISP_2"], "overloaded": ["ISP_1"], "forwarding": true})"));
}

TEST(BalanceCommands, R37_NoUplinkAtAllAndStopped) {
  ActiveView view;
  view.mode = "failover";
  view.forwarding = false;
  EXPECT_EQ(active_to_text(view),
            "active: none\nmode: failover\nusable: none\noverloaded: none\n"
            "nothing is forwarded until `start`\n");
  const Json json = Json::parse(active_to_json(view));
  for (const char* key : {"active", "since_s", "cause"}) EXPECT_EQ(json[key], nullptr) << key;
  EXPECT_EQ(json["forwarding"], false);
}

std::vector<MonitorView> monitors() {
  const auto received = config::Traffic::received;
  return {
      {"LB1", "ISP_1", received, config::Trigger::above, {5242880}, {6000000}, true, "ISP_2", true},
      {"LB2",
       "ISP_1",
       received,
       config::Trigger::below,
       {5242880},
       {6000000},
       true,
       "ISP_1",
       false}};
}

TEST(BalanceCommands, R30_MonitorsAsTheTalkHasThem) {
  EXPECT_EQ(monitors_to_text(monitors()),
            "NAME  INTERFACE  TRAFFIC   TRIGGER  THRESHOLD     RATE  STATE  ON-EVENT\n"
            "LB1   ISP_1      received  above      5242880  6000000  above  ISP_2 (requested)\n"
            "LB2   ISP_1      received  below      5242880  6000000  above  ISP_1\n");
  EXPECT_EQ(Json::parse(monitors_to_json(monitors()))[0], Json::parse(R"({"name": "LB1",
    "interface": "ISP_1", "traffic": "received", "trigger": "above", "threshold_bps": 5242880,
    "rate_bps": 6000000, "state": "above", "on_event": "ISP_2", "requested": true})"));
}

std::vector<UplinkView> probed() {
  UplinkView first;
  first.name = "ISP_1";
  first.probes.push_back({"arp", "1.1.1.1", "good", false, 100, 99, 0.01, 4ms, 1ms});
  first.probes.push_back({"target", "8.8.8.8", "failed", true, 9, 0, 1, 0ms, 0ms});
  return {first, UplinkView{}};
}

TEST(ProbeCommands, ALineForEachTarget) {
  EXPECT_EQ(
      probes_to_text(probed()),
      "UPLINK  KIND    TARGET   VERDICT                 SENT  ANSWERED   LOSS     RTT  JITTER\n"
      "ISP_1   arp     1.1.1.1  good                     100        99    1 %  4.0 ms  1.0 ms\n"
      "ISP_1   target  8.8.8.8  failed (its own fault)     9         0  100 %  0.0 ms  0.0 ms\n");
  const Json json = Json::parse(probes_to_json(probed()));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0], Json::parse(R"({"uplink": "ISP_1", "kind": "arp", "target": "1.1.1.1",
    "verdict": "good", "blamed": false, "sent": 100, "answered": 99, "loss": 0.01, "rtt_ms": 4.0,
    "jitter_ms": 1.0})"));
}

ByMark<MarkCounts> some_traffic() {
  ByMark<MarkCounts> counts{};
  counts[static_cast<std::size_t>(Mark::sticky)][0] = {10, 4};
  counts[static_cast<std::size_t>(Mark::sticky)][1] = {3, 1};
  counts[static_cast<std::size_t>(Mark::no_mark)][kMaxUplinks] = {2, 0};
  return counts;
}

TEST(MangleCommands, R30_TheTalksTable) {
  EXPECT_EQ(
      mangle_to_text(mangle_rules(seed(), uplink_id(1), some_traffic())),
      " 0  ;;; between networks on our own ports nothing is marked\n"
      "    chain=prerouting action=accept src-address-list=Connected dst-address-list=Connected\n"
      "    connections: 2 opened, 0 live\n"
      " 1  ;;; services of the router, by ISP_1\n"
      "    chain=input action=mark-connection connection-mark=no-mark in-interface=ISP_1 "
      "new-connection-mark=WAN1->ROS\n"
      "    connections: 0 opened, 0 live\n"
      " 2  chain=output action=mark-routing connection-mark=WAN1->ROS "
      "new-routing-mark=ISP1_Route\n"
      " 3  ;;; port forwards, by ISP_1\n"
      "    chain=forward action=mark-connection connection-mark=no-mark in-interface=ISP_1 "
      "new-connection-mark=WAN1->LANs\n"
      "    connections: 0 opened, 0 live\n"
      " 4  chain=prerouting action=mark-routing connection-mark=WAN1->LANs src-address-list=LAN "
      "new-routing-mark=ISP1_Route\n"
      " 5  ;;; services of the router, by ISP_2\n"
      "    chain=input action=mark-connection connection-mark=no-mark in-interface=ISP_2 "
      "new-connection-mark=WAN2->ROS\n"
      "    connections: 0 opened, 0 live\n"
      " 6  chain=output action=mark-routing connection-mark=WAN2->ROS "
      "new-routing-mark=ISP2_Route\n"
      " 7  ;;; port forwards, by ISP_2\n"
      "    chain=forward action=mark-connection connection-mark=no-mark in-interface=ISP_2 "
      "new-connection-mark=WAN2->LANs\n"
      "    connections: 0 opened, 0 live\n"
      " 8  chain=prerouting action=mark-routing connection-mark=WAN2->LANs src-address-list=LAN "
      "new-routing-mark=ISP2_Route\n"
      " 9  ;;; new connections to the internet\n"
      "    chain=prerouting action=mark-connection connection-mark=no-mark src-address-list=LAN "
      "dst-address-list=!Connected dst-address-type=!local new-connection-mark=LAN->WAN\n"
      "    connections: 13 opened, 5 live\n"
      "10  ;;; load-balancing here: mode bandwidth\n"
      "    chain=prerouting action=mark-routing connection-mark=LAN->WAN src-address-list=LAN "
      "new-routing-mark=ISP2_Route\n"
      "11  chain=prerouting action=mark-connection connection-mark=LAN->WAN "
      "routing-mark=ISP1_Route new-connection-mark=Sticky_ISP_1\n"
      "    connections: 10 opened, 4 live\n"
      "12  chain=prerouting action=mark-routing connection-mark=Sticky_ISP_1 "
      "src-address-list=LAN new-routing-mark=ISP1_Route\n"
      "13  chain=prerouting action=mark-connection connection-mark=LAN->WAN "
      "routing-mark=ISP2_Route new-connection-mark=Sticky_ISP_2\n"
      "    connections: 3 opened, 1 live\n"
      "14  chain=prerouting action=mark-routing connection-mark=Sticky_ISP_2 "
      "src-address-list=LAN new-routing-mark=ISP2_Route\n"
      "15  ;;; the router's own, by ISP_1\n"
      "    chain=output action=mark-connection connection-mark=no-mark out-interface=ISP_1 "
      "new-connection-mark=ROS->WAN1\n"
      "    connections: 0 opened, 0 live\n"
      "16  ;;; the router's own, by ISP_2\n"
      "    chain=output action=mark-connection connection-mark=no-mark out-interface=ISP_2 "
      "new-connection-mark=ROS->WAN2\n"
      "    connections: 0 opened, 0 live\n");
}

TEST(MangleCommands, JsonHasTheConditionsByName) {
  const auto json = Json::parse(mangle_to_json(mangle_rules(seed(), uplink_id(0), some_traffic())));
  EXPECT_EQ(json[11], Json::parse(R"({"comment": "", "chain": "prerouting",
    "action": "mark-connection", "fields": {"connection-mark": "LAN->WAN",
      "routing-mark": "ISP1_Route", "new-connection-mark": "Sticky_ISP_1"}, "opened": 10, "live": 4})"));
  EXPECT_EQ(json[12]["opened"], nullptr) << "counted by the rule before it";
}

/// The rules of a comment, without the rest.
std::vector<std::string> lines_with(const config::Config& config, const std::string& word) {
  std::vector<std::string> found;
  for (const MangleRule& rule : mangle_rules(config, UplinkId::none, {})) {
    std::string line = rule.action;
    for (const auto& [name, value] : rule.fields) line.append(" " + name).append("=" + value);
    if (line.find(word) != std::string::npos || rule.comment.find(word) != std::string::npos)
      found.push_back(line);
  }
  return found;
}

TEST(MangleCommands, EachModeHasRulesOfItsOwn) {
  config::Config config = seed();
  config.uplinks[0].weight = 2;
  config.uplinks[0].capacity_rx = BitsPerSecond{30};
  config.uplinks[1].capacity_rx = BitsPerSecond{10};
  EXPECT_EQ(lines_with(config, "load-balancing"),
            std::vector<std::string>{"mark-routing connection-mark=LAN->WAN src-address-list=LAN "
                                     "new-routing-mark=none"});
  config.balance.mode = BalanceMode::pcc;
  EXPECT_EQ(lines_with(config, "per-connection-classifier"),
            (std::vector<std::string>{
                "mark-routing connection-mark=LAN->WAN src-address-list=LAN "
                "per-connection-classifier=both-addresses:3/0-1 new-routing-mark=ISP1_Route",
                "mark-routing connection-mark=LAN->WAN src-address-list=LAN "
                "per-connection-classifier=both-addresses:3/2 new-routing-mark=ISP2_Route"}));
  config.balance.mode = BalanceMode::weighted;
  EXPECT_EQ(lines_with(config, "random").front(),
            "mark-routing connection-mark=LAN->WAN src-address-list=LAN random=75% "
            "new-routing-mark=ISP1_Route");
}

TEST(MangleCommands, PolicyRulesAndForwardsAppear) {
  config::Config config = seed();
  config::PolicyRule mail;
  mail.name = "mail";
  mail.from = {Ipv4Addr::of(10, 0, 0, 0), 8};
  mail.protocol = IpProto::tcp;
  mail.to_ports = {25, 25};
  mail.uplinks = {"ISP_2"};
  config::PolicyRule bad;
  bad.name = "bad";
  bad.to = {Ipv4Addr::of(6, 6, 6, 0), 24};
  bad.protocol = IpProto::udp;
  bad.from_ports = {8000, 8010};
  bad.drop = true;
  config.policy = {mail, bad};
  config.port_forwards.push_back({});
  EXPECT_EQ(lines_with(config, "policy mail").front(),
            "mark-routing connection-mark=LAN->WAN src-address=10.0.0.0/8 protocol=tcp dst-port=25 "
            "new-routing-mark=ISP2_Route");
  EXPECT_EQ(lines_with(config, "policy bad").front(),
            "drop connection-mark=LAN->WAN dst-address=6.6.6.0/24 protocol=udp src-port=8000-8010");
  EXPECT_EQ(lines_with(config, "dst-address-type=local").size(), 1u);
}

RouteFacts facts(UplinkSet usable, std::vector<std::string> health) {
  return {usable, std::move(health), {true}, [](std::size_t, Ipv4Addr) { return true; }};
}

TEST(RouteCommands, R35_TheMainTableFollowsTheHealthOfUplinks) {
  UplinkSet second;
  second.insert(uplink_id(1));
  EXPECT_EQ(routes_to_text(routes_of(seed(), facts(second, {"down", "up"}))),
            "Flags: A active, C connected, S static\n"
            "#      TABLE       DST-ADDRESS      GATEWAY  GATEWAY-STATUS             DISTANCE\n"
            "0   S  main        0.0.0.0/0        1.1.1.1  1.1.1.1 unreachable ISP_1         1\n"
            "1  AS  main        0.0.0.0/0        2.2.2.1  2.2.2.1 reachable ISP_2           2\n"
            "2  AC  main        192.168.22.0/24  LAN      reachable LAN                     0\n"
            "3   C  main        1.1.1.0/24       ISP_1    unreachable ISP_1                 0\n"
            "4  AC  main        2.2.2.0/24       ISP_2    reachable ISP_2                   0\n"
            "5   S  ISP1_Route  0.0.0.0/0        1.1.1.1  1.1.1.1 unreachable ISP_1         1\n"
            "6  AS  ISP2_Route  0.0.0.0/0        2.2.2.1  2.2.2.1 reachable ISP_2           1\n");
  const Json json =
      Json::parse(routes_to_json(routes_of(seed(), facts(second, {"admin-down", "up"}))));
  EXPECT_EQ(json[0], Json::parse(R"({"table": "main", "to": "0.0.0.0/0", "gateway": "1.1.1.1",
    "interface": "ISP_1", "status": "disabled", "distance": 1, "active": false,
    "connected": false})"));
  EXPECT_EQ(json[2]["gateway"], nullptr);
}

TEST(RouteCommands, ARouterInALanAnswersOrNot) {
  config::Config config = seed();
  config.routes.front().routes.push_back(
      {Ipv4Prefix{Ipv4Addr::of(10, 5, 0, 0), 16}, Ipv4Addr::of(192, 168, 22, 254), 1, false, {}});
  RouteFacts silent = facts(UplinkSet::first(2), {"up", "up"});
  silent.answers = [](std::size_t, Ipv4Addr) { return false; };
  const auto routes = routes_of(config, silent);
  EXPECT_EQ(routes[2].to, "10.5.0.0/16");
  EXPECT_EQ(routes[2].status, "unreachable");
  EXPECT_EQ(routes[2].interface, "LAN");
}

TEST(RouteCommands, AddressLists) {
  EXPECT_EQ(lists_to_text(seed().address_lists),
            "LIST       ADDRESS\n"
            "LAN        192.168.22.0/24\n"
            "Connected  192.168.22.0/24\n"
            "Connected  1.1.1.0/24\n"
            "Connected  2.2.2.0/24\n");
  EXPECT_EQ(Json::parse(lists_to_json(seed().address_lists)), Json::parse(R"({
    "LAN": ["192.168.22.0/24"], "Connected": ["192.168.22.0/24", "1.1.1.0/24", "2.2.2.0/24"]})"));
}

TEST(RouteCommands, Neighbours) {
  const std::vector<NeighbourView> all = {
      {"ISP_1", "1.1.1.1", "02:00:00:00:00:09", "reachable", true, 1.25},
      {"LAN", "192.168.22.77", "", "incomplete", false, 0}};
  EXPECT_EQ(neighbours_to_text(all),
            "INTERFACE  ADDRESS        MAC-ADDRESS        STATE        ANSWERED\n"
            "ISP_1      1.1.1.1        02:00:00:00:00:09  reachable   1.2 s ago  gateway\n"
            "LAN        192.168.22.77  -                  incomplete      never\n");
  EXPECT_EQ(Json::parse(neighbours_to_json(all)), Json::parse(R"([{"interface": "ISP_1",
    "address": "1.1.1.1", "mac": "02:00:00:00:00:09", "state": "reachable", "gateway": true,
    "confirmed_s": 1.25}, {"interface": "LAN", "address": "192.168.22.77", "mac": null,
    "state": "incomplete", "gateway": false, "confirmed_s": null}])"));
}

}  // namespace
}  // namespace spillway
