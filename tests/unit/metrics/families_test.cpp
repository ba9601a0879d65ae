// The metrics by their names, types and values; docs/metrics.md lists them all.
// SPILLWAY_REGENERATE_GOLDEN=1 rewrites its table.

#include "control/metrics/families.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/metrics/sample_snapshot.h"

namespace spillway::metrics {
namespace {

using namespace std::chrono_literals;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> sample() {
  const RouterSnapshot s = test::sample_snapshot();
  return families_of(s, s.time + 1500ms);
}

/// `name{label="value",...}` to its value, as Prometheus shows it.
std::map<std::string, double> values() {
  std::map<std::string, double> all;
  for (const MetricFamily& family : sample())
    for (const prometheus::ClientMetric& metric : family.metric) {
      std::string key = family.name;
      for (const auto& label : metric.label)
        key += (key == family.name ? "{" : ",") + label.name + "=" + label.value;
      if (!metric.label.empty()) key += "}";
      const bool counter = family.type == MetricType::Counter;
      EXPECT_TRUE(all.emplace(key, counter ? metric.counter.value : metric.gauge.value).second)
          << key << " stands there twice";
    }
  return all;
}

TEST(MetricFamilies, ValuesAreInBaseUnits) {
  const auto all = values();
  const std::map<std::string, double> expected = {
      {"spillway_uptime_seconds", 101.5},
      {"spillway_snapshot_age_seconds", 1.5},
      {"spillway_port_bytes_total{port=LAN,direction=rx}", 1000},
      {"spillway_port_packets_total{port=ISP-1,direction=tx}", 8},
      {"spillway_port_link_up{port=ISP_1}", 0},
      {"spillway_dropped_packets_total{reason=tx_full}", 7},
      {"spillway_dropped_packets_total{reason=martian_source}", 0},
      {"spillway_connections{mark=Sticky,uplink=ISP_2,state=tcp_established}", 4},
      {"spillway_connections{mark=Sticky,uplink=ISP_1,state=udp}", 0},
      {"spillway_connections_opened_total{mark=Sticky,uplink=ISP_2}", 9},
      {"spillway_connections_evicted_total", 2},
      {"spillway_uplink_rate_bytes_per_second{uplink=ISP_1,direction=rx}", 1000},
      {"spillway_uplink_capacity_bytes_per_second{uplink=ISP_1,direction=tx}", 1'000'000},
      {"spillway_uplink_threshold_bytes_per_second{uplink=ISP_1,limit=spill_above,traffic="
       "received}",
       625},
      {"spillway_uplink_reserved_bytes_per_second{uplink=ISP_1}", 40},
      {"spillway_uplink_headroom_connections{uplink=ISP_1}", 7},
      {"spillway_uplink_active{uplink=ISP_1}", 0},
      {"spillway_uplink_active{uplink=ISP_2}", 1},
      {"spillway_uplink_health{uplink=ISP_1,state=down}", 1},
      {"spillway_uplink_health{uplink=ISP_1,state=up}", 0},
      {"spillway_uplink_health_age_seconds{uplink=ISP_1}", 2.5},
      {"spillway_probe_sent_total{uplink=ISP_1,kind=arp,target=1.1.1.1}", 9},
      {"spillway_probe_loss_ratio{uplink=ISP_1,kind=arp,target=1.1.1.1}", 0.25},
      {"spillway_probe_rtt_seconds{uplink=ISP_1,kind=arp,target=1.1.1.1}", 0.0045},
      {"spillway_probe_verdict{uplink=ISP_1,kind=arp,target=1.1.1.1,verdict=failed}", 1},
      {"spillway_balance_info{mode=bandwidth}", 1},
      {"spillway_switches_total{uplink=none}", 0},
      {"spillway_monitor_firings_total{monitor=LB1}", 0},
      {"spillway_worker_busy_seconds_total{worker=0}", 1.5},
      {"spillway_worker_stalled{worker=0}", 1},
      {"spillway_connection_table_capacity{worker=0}", 64},
      {"spillway_packet_buffers_used", 512},
  };
  for (const auto& [key, value] : expected) {
    ASSERT_TRUE(all.contains(key)) << key;
    EXPECT_DOUBLE_EQ(all.at(key), value) << key;
  }
}

TEST(MetricFamilies, R33_EachUplinkIsInOneStateOfHealth) {
  std::map<std::string, double> sum;
  for (const auto& [key, value] : values())
    if (key.starts_with("spillway_uplink_health{")) sum[key.substr(0, key.find(','))] += value;
  EXPECT_EQ(sum, (std::map<std::string, double>{{"spillway_uplink_health{uplink=ISP_1", 1},
                                                {"spillway_uplink_health{uplink=ISP_2", 1}}));
}

/// prometheus.io/docs/practices/naming
TEST(MetricFamilies, NamesFollowTheConventions) {
  std::set<std::string> names;
  for (const MetricFamily& family : sample()) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name << " twice";
    EXPECT_TRUE(std::regex_match(family.name, std::regex("spillway(_[a-z0-9]+)+"))) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter) << family.name;
    EXPECT_TRUE(family.help.ends_with(".")) << family.name;
    EXPECT_FALSE(family.metric.empty()) << family.name << " is not in the sample";
  }
}

/// A line of the table in docs/metrics.md.
std::string line_of(const MetricFamily& family) {
  std::string labels;
  for (const auto& label : family.metric.front().label)
    labels += (labels.empty() ? "`" : ", `") + label.name + "`";
  const bool counter = family.type == MetricType::Counter;
  return "| `" + family.name + "` | " + (counter ? "counter" : "gauge") + " | " + labels + " | " +
         family.help + " |\n";
}

TEST(MetricFamilies, DocumentationListsEachWithTypeLabelsAndMeaning) {
  const std::string path = std::string(SPILLWAY_DOCS_DIR) + "/metrics.md";
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::string expected;
  for (const MetricFamily& family : sample()) expected += line_of(family);
  std::string found;
  std::string rest;
  for (std::string line; std::getline(text, line);) {
    const bool row = line.starts_with("| `spillway_");
    if (row && found.empty()) rest += expected;
    (row ? found : rest) += line + "\n";
  }
  if (std::getenv("SPILLWAY_REGENERATE_GOLDEN") != nullptr)
    std::ofstream(path) << rest;
  else
    EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace spillway::metrics
