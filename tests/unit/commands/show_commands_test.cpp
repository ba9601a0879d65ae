// What `show` tells of ports, drops, workers and the program, as text and as JSON, and what it
// refuses.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/commands/drop_commands.h"
#include "control/commands/port_commands.h"
#include "control/commands/program_commands.h"
#include "control/commands/text_table.h"
#include "control/commands/worker_commands.h"
#include "control/config/load.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// A clock and a port that tests move.
struct Ports {
  Ports() {
    PortSource source;
    source.names = [] { return std::vector<std::string>{"LAN", "ISP_1"}; };
    source.counts = [this](std::size_t i) { return i == 0 ? PortCounts{} : isp; };
    source.statistics = [](std::size_t) {
      return std::vector<PortStatistic>{{"rx_good_packets", 7}, {"tx_errors", 0}};
    };
    source.info = [this](std::size_t i) { return i == 0 ? PortInfo() : info; };
    source.now = [this] { return now; };
    add_port_commands(table, source);
  }
  std::string ask(const std::string& line) const { return table.obey(line).text; }

  TimePoint now{2s};
  PortCounts isp{10, 1000, 20, 4000, 1, 2, 3, 4};
  PortInfo info{.name = "ISP_1",
                .kind = "uplink",
                .device = "wan1",
                .driver = "net_af_packet",
                .mac = "02:00:00:00:00:01",
                .address = "1.1.1.32/24",
                .vlan = 5,
                .mtu = 1500,
                .link = true,
                .speed_mbps = 1000,
                .full_duplex = true,
                .link_watch = "interrupts",
                .numa_socket = 0,
                .queues = 1,
                .most_queues = 4,
                .rx_descriptors = 1024,
                .tx_descriptors = 512,
                .offloads = {"tx MULTI_SEGS"},
                .possible_offloads = {"rx RSS_HASH", "tx MULTI_SEGS"},
                .sorting = "none: the driver cannot sort"};
  CommandTable table;
};

TEST(PortCommands, StatsAreInTheWordsOfTestpmd) {
  Ports ports;
  EXPECT_EQ(ports.ask("show port stats ISP_1"),
            "ISP_1\n"
            "  RX-packets: 10             RX-missed: 1              RX-bytes:  1000\n"
            "  RX-errors:  2              RX-nombuf: 3\n"
            "  TX-packets: 20             TX-errors: 4              TX-bytes:  4000\n"
            "  Throughput of the last 2.0 s\n"
            "  RX-pps:     5              RX-bps:    4000\n"
            "  TX-pps:     10             TX-bps:    16000\n");
}

TEST(PortCommands, RatesAreThoseSinceTheLastLookAtThisPort) {
  Ports ports;
  ports.ask("show port stats all");
  ports.now += 4s;
  ports.ask("show port stats LAN");
  ports.isp.rx_packets += 100;
  ports.isp.rx_bytes += 6000;
  const Json json = Json::parse(ports.ask("show port stats ISP_1 --json"));
  EXPECT_EQ(json, Json::parse(R"({"ISP_1": {"rx_packets": 110, "rx_missed": 1, "rx_bytes": 7000,
    "rx_errors": 2, "rx_nombuf": 3, "tx_packets": 20, "tx_errors": 4, "tx_bytes": 4000,
    "seconds": 4.0, "rx_pps": 25.0, "rx_bps": 12000.0, "tx_pps": 0.0, "tx_bps": 0.0}})"));
  EXPECT_EQ(Json::parse(ports.ask("show port stats ISP_1 --json"))["ISP_1"]["rx_pps"], 0.0)
      << "at the same moment";
}

TEST(PortCommands, XstatsAreTheDriversOwn) {
  Ports ports;
  EXPECT_EQ(ports.ask("show port xstats LAN"), "LAN\n  rx_good_packets: 7\n  tx_errors: 0\n");
  EXPECT_EQ(Json::parse(ports.ask("show port xstats all --json")), Json::parse(R"({
    "LAN": {"rx_good_packets": 7, "tx_errors": 0}, "ISP_1": {"rx_good_packets": 7, "tx_errors": 0}})"));
}

TEST(PortCommands, InfoSaysWhatIsKnown) {
  Ports ports;
  EXPECT_EQ(ports.ask("show port info ISP_1"),
            "ISP_1\n"
            "  Side:              uplink, 1.1.1.32/24\n"
            "  Device:            wan1, VLAN 5\n"
            "  Driver:            net_af_packet\n"
            "  MAC address:       02:00:00:00:00:01\n"
            "  Link:              up, 1000 Mbit/s, full duplex\n"
            "  Link watched by:   interrupts\n"
            "  MTU:               1500\n"
            "  NUMA socket:       0\n"
            "  Queues:            1 of 4, 1024 + 512 descriptors each\n"
            "  Offloads used:     tx MULTI_SEGS\n"
            "  Offloads there:    rx RSS_HASH, tx MULTI_SEGS\n"
            "  RSS:               none: the driver cannot sort\n");
  const Json json = Json::parse(ports.ask("show port info all --json"));
  EXPECT_EQ(json["ISP_1"], Json::parse(R"({"kind": "uplink", "device": "wan1",
    "driver": "net_af_packet", "mac": "02:00:00:00:00:01", "address": "1.1.1.32/24", "vlan": 5,
    "mtu": 1500, "link": true, "speed_mbps": 1000, "full_duplex": true, "link_watch": "interrupts",
    "numa_socket": 0, "queues": 1, "most_queues": 4, "rx_descriptors": 1024,
    "tx_descriptors": 512, "offloads": ["tx MULTI_SEGS"],
    "possible_offloads": ["rx RSS_HASH", "tx MULTI_SEGS"],
    "sorting": "none: the driver cannot sort"})"));
  for (const char* unknown : {"vlan", "speed_mbps", "full_duplex", "numa_socket"})
    EXPECT_EQ(json["LAN"][unknown], nullptr) << unknown;
}

TEST(PortCommands, R44_OtherPortsAreNamedWithThoseThereAre) {
  Ports ports;
  EXPECT_EQ(ports.ask("show port stats"),
            "show port stats: no port is named; allowed: all, LAN, ISP_1\n");
  EXPECT_EQ(ports.ask("show port info lan"),
            "show port info: found \"lan\"; allowed: all, LAN, ISP_1\n");
  EXPECT_EQ(ports.ask("show port xstats LAN ISP_1"),
            "show port xstats: found \"ISP_1\"; allowed: a port or all, --json\n");
}

struct Drops {
  Drops() {
    add_drop_commands(
        table, [this] { return view; }, [this] { return now; });
    view.ports = {{"LAN", {}}, {"ISP_1", {}}};
    count(DropReason::ttl_expired, 1, 2);
    count(DropReason::unsolicited, 1, 30);
    view.all[index_of(DropReason::fragment)] = 4;
  }
  void count(DropReason reason, std::size_t port, std::uint64_t n) {
    view.all[index_of(reason)] += n;
    view.ports[port].counts[index_of(reason)] += n;
  }
  TimePoint now{4s};
  DropsView view;
  CommandTable table;
};

TEST(DropCommands, TheMostFrequentReasonComesFirst) {
  Drops drops;
  drops.table.obey("show drops");
  drops.now += 2s;
  drops.count(DropReason::ttl_expired, 0, 5);
  EXPECT_EQ(
      drops.table.obey("show drops").text,
      "REASON       TOTAL  NEW  PER SECOND  CAME IN BY      MEANING\n"
      "unsolicited     30    0         0.0  ISP_1 30        from an uplink, no connection and "
      "no port forward\n"
      "ttl_expired      7    5         2.5  LAN 5, ISP_1 2  TTL 1 or 0 on arrival\n"
      "fragment         4    0         0.0  -               IPv4 fragment\n"
      "new: in the last 2.0 s\n");
}

TEST(DropCommands, JsonHasThemByReason) {
  Drops drops;
  EXPECT_EQ(Json::parse(drops.table.obey("show drops --json").text), Json::parse(R"({"seconds": 4.0,
    "reasons": {
      "unsolicited": {"total": 30, "new": 30, "per_second": 7.5, "ports": {"ISP_1": 30},
        "meaning": "from an uplink, no connection and no port forward"},
      "fragment": {"total": 4, "new": 4, "per_second": 1.0, "ports": {}, "meaning": "IPv4 fragment"},
      "ttl_expired": {"total": 2, "new": 2, "per_second": 0.5, "ports": {"ISP_1": 2},
        "meaning": "TTL 1 or 0 on arrival"}}})"));
  EXPECT_EQ(drops.table.obey("show drops all").text,
            "show drops: found \"all\"; allowed: --json\n");
}

struct Workers {
  Workers() {
    add_worker_commands(
        table, [this] { return view; }, [this] { return now; });
    view.clocks_per_ns = 2;
    view.workers = {{0, "CPU 1", "poll", 250, 1000, {}}, {1, "CPU 2", "sleep", 0, 1000, {}}};
  }
  TimePoint now{1s};
  WorkersView view;
  CommandTable table;
};

TEST(WorkerCommands, FiguresAreThoseSinceTheLastLook) {
  Workers workers;
  workers.table.obey("show workers");
  workers.now += 2s;
  workers.view.workers[0].counts = {
      5000, 100, 500'000'000, 3200, 10, 20, {.packets = 10, .clocks = {100, 200, 700}}};
  EXPECT_EQ(
      workers.table.obey("show workers").text,
      "WORKER  ON     IDLE     BUSY  PACKETS/S  PER ROUND  CLOCKS/PACKET  BY STAGE            "
      "              CONNECTIONS    FULL  GIVEN/S  TAKEN/S\n"
      "0       CPU 1  poll   25.0 %       1600       32.0         312500  parse 10, look_up "
      "20, forward 70          250  25.0 %        5       10\n"
      "1       CPU 2  sleep   0.0 %          0          -              -  parse -, look_up -, "
      "forward -               0   0.0 %        0        0\n"
      "over the last 2.0 s\n");
}

TEST(WorkerCommands, JsonHasNullWhereNothingWasMeasured) {
  Workers workers;
  workers.view.workers[0].counts = {
      5000, 100, 500'000'000, 3200, 10, 20, {.packets = 10, .clocks = {100, 200, 700}}};
  const Json json = Json::parse(workers.table.obey("show workers --json").text);
  EXPECT_EQ(json["seconds"], 1.0);
  EXPECT_EQ(json["workers"][0], Json::parse(R"({"worker": 0, "cpus": "CPU 1", "idle": "poll",
    "busy": 0.5, "iterations_per_second": 5000.0, "packets_per_second": 3200.0,
    "packets_per_iteration": 32.0, "clocks_per_packet": 312500.0,
    "clocks_by_stage": {"parse": 10.0, "look_up": 20.0, "forward": 70.0}, "connections": 250,
    "capacity": 1000, "given": 10, "taken": 20, "given_per_second": 10.0,
    "taken_per_second": 20.0})"));
  EXPECT_EQ(json["workers"][1]["clocks_per_packet"], nullptr);
  EXPECT_EQ(json["workers"][1]["clocks_by_stage"]["parse"], nullptr);
}

TEST(ProgramCommands, VersionAndConfiguration) {
  const config::Config config = config::parse(R"(
    lan = { name = "LAN"; port = "lan0"; address = "192.168.22.1/24"; };
    uplinks = ( { name = "ISP_1"; port = "wan1"; address = "1.1.1.32/24"; gateway = "1.1.1.1";
                  capacity = { rx = "3G"; }; } );)",
                                              "test.conf");
  CommandTable table;
  add_program_commands(
      table, [&]() -> const config::Config& { return config; },
      [] {
        return VersionView{"0.1.0", "DPDK 22.11.11", "g++ 12", 90s, 42, "/etc/spillway.conf"};
      });
  EXPECT_EQ(table.obey("show version").text,
            "spillway 0.1.0\nDPDK 22.11.11\ncompiled by g++ 12\n"
            "up for 90 s, process 42, configuration /etc/spillway.conf\n");
  EXPECT_EQ(Json::parse(table.obey("show version --json").text), Json::parse(R"({
    "spillway": "0.1.0", "dpdk": "DPDK 22.11.11", "compiler": "g++ 12", "uptime_s": 90.0,
    "pid": 42, "config_file": "/etc/spillway.conf"})"));
  EXPECT_EQ(table.obey("show config").text, config::effective(config));
  const Json json = Json::parse(table.obey("show config --json").text);
  EXPECT_EQ(json["uplinks"][0]["name"], "ISP_1");
  EXPECT_EQ(json["uplinks"][0]["capacity"]["rx"], 3'000'000'000u) << "beyond 32 bits";
  EXPECT_EQ(json["uplinks"][0]["masquerade"], true);
  EXPECT_EQ(json["balance"]["mode"], "failover") << "a default";
  EXPECT_EQ(json["monitors"], Json::array());
}

TEST(TextTable, ColumnsAreAsWideAsTheirWords) {
  TextTable table({{"A"}, figures("NUMBER"), {"B"}});
  table.add({"long word", "7", "x"});
  table.add({"\xc3\xa4", "12345678"});
  EXPECT_EQ(table.text(),
            "A            NUMBER  B\n"
            "long word         7  x\n"
            "\xc3\xa4          12345678\n");
}

}  // namespace
}  // namespace spillway
