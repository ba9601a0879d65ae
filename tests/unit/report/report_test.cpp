#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "control/replay/report/chart.h"
#include "control/replay/report/format.h"
#include "control/replay/report/scale.h"
#include "control/replay/report/writers.h"

namespace spillway::replay {
namespace {

Report sample(std::size_t samples = 50) {
  Report r;
  r.version = "1";
  r.balanced = true;
  r.packets_in = 12345;
  r.packets_out = 12000;
  r.packets_dropped = 345;
  r.drops["ipv6"] = 345;
  r.connections["Sticky_ISP_1"] = 5;
  r.connections_protocol["tcp"] = 5;
  r.replies_due = r.replies_delivered = 6000;
  r.uplinks = {{"ISP_1", 1000, 2000000, {6000000}, {1000}, 5}, {"ISP_2", 0, 0, {}, {}, 0}};
  r.switches = {{1.5, "ISP_1", "ISP_2", "LB1: above", {{"ISP_1", {6000000}}}}};
  r.overloads = {{1.75, "all uplinks overloaded: each <one>"}};
  r.thresholds = {{"ISP_1", "LB1", {5242880}}};
  for (std::size_t i = 0; i < samples; ++i)
    r.samples.push_back({static_cast<double>(i) / 10, {{i * 1000}, {0}}, {{0}, {0}}, {1, 0}});
  return r;
}

/// Every tag that is opened is closed, in order; void elements end in "/>".
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  static const std::regex tag("<(/?)([a-zA-Z0-9]+)([^<>]*?)(/?)>");
  std::string body = std::regex_replace(xml, std::regex("<!DOCTYPE html>"), "");
  for (std::sregex_iterator at(body.begin(), body.end(), tag), end; at != end; ++at) {
    if (!(*at)[1].str().empty()) {
      if (open.empty() || open.back() != (*at)[2].str()) return false;
      open.pop_back();
    } else if ((*at)[4].str().empty()) {
      open.push_back((*at)[2].str());
    }
  }
  return open.empty() &&
         std::count(body.begin(), body.end(), '<') == std::count(body.begin(), body.end(), '>');
}

TEST(Json, HasTheDocumentedKeys) {
  const auto j = nlohmann::json::parse(to_json(sample()));
  EXPECT_EQ(j["packets"]["in"], 12345);
  EXPECT_EQ(j["packets"]["out"], 12000);
  EXPECT_EQ(j["packets"]["dropped"], 345);
  EXPECT_EQ(j["drops"]["ipv6"], 345);
  for (const char* key : {"mis_delivered", "changed_uplink", "bad_checksum", "bad_source",
                          "not_delivered", "bad_payload", "wrong_drop"})
    EXPECT_EQ(j.at(key), 0) << key;
  EXPECT_EQ(j["balanced"], true);
  EXPECT_EQ(j["verified"], true);
  EXPECT_EQ(j["connections"]["Sticky_ISP_1"], 5);
  EXPECT_EQ(j["uplinks"][0]["name"], "ISP_1");
  EXPECT_EQ(j["uplinks"][0]["rx_bytes"], 2000000);
  EXPECT_EQ(j["uplinks"][0]["tx_bytes"], 1000);
  EXPECT_EQ(j["uplinks"][0]["peak_rx_bps"], 6000000);
  EXPECT_EQ(j["uplinks"][0]["connections"], 5);
  EXPECT_EQ(j["overloads"][0]["time"], 1.75);
  EXPECT_EQ(j["overloads"][0]["text"], "all uplinks overloaded: each <one>");
  EXPECT_EQ(j["switches"][0]["time"], 1.5);
  EXPECT_EQ(j["switches"][0]["from"], "ISP_1");
  EXPECT_EQ(j["switches"][0]["to"], "ISP_2");
  EXPECT_EQ(j["switches"][0]["cause"], "LB1: above");
  EXPECT_EQ(j["switches"][0]["rates"]["ISP_1"], 6000000);
  EXPECT_TRUE(j["clocks_per_packet"].is_number());
}

TEST(Json, NamesOfAnyBytesDoNotBreakIt) {
  Report r = sample();
  r.capture.file = "\xff\xfe\"quoted\"\n.pcap";
  EXPECT_TRUE(nlohmann::json::accept(to_json(r)));
}

TEST(Verdict, EveryFailureCounts) {
  for (std::uint64_t Report::*field :
       {&Report::not_delivered, &Report::mis_delivered, &Report::changed_uplink,
        &Report::bad_checksum, &Report::bad_source, &Report::bad_payload, &Report::wrong_drop,
        &Report::packets_held}) {
    Report r = sample();
    EXPECT_TRUE(r.verified());
    r.*field = 1;
    EXPECT_FALSE(r.verified());
    EXPECT_EQ(to_text(r).substr(0, 7), "FAILED:");
    EXPECT_NE(to_html(r).find("verdict bad"), std::string::npos);
  }
  Report r = sample();
  r.balanced = false;
  EXPECT_FALSE(r.verified());
}

TEST(Text, TellsTheStory) {
  Report r = sample();
  r.time_scale = 12;
  r.capture.warnings = {"time runs backwards"};
  const std::string text = to_text(r);
  for (const char* part :
       {"VERIFIED: 6,000 replies", "12,345", "Sticky_ISP_1", "6.00 Mbit/s", "ISP_1 -> ISP_2",
        "because LB1: above", "IPv6 is not forwarded", "12.000 times as fast",
        "time runs backwards", "1.750 s  all uplinks overloaded: each <one>"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(Html, IsOneWellFormedPageThatNeedsNothingElse) {
  const std::string html = to_html(sample());
  EXPECT_TRUE(well_formed(html));
  for (const char* outside : {"<script", "<link", "src=", "url(", "@import"})
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  EXPECT_NE(html.find("class=\"switch\""), std::string::npos);
  EXPECT_NE(html.find("class=\"threshold\""), std::string::npos);
  EXPECT_NE(html.find("all uplinks overloaded: each &lt;one&gt;"), std::string::npos);
}

TEST(Html, HostileNamesAreOnlyText) {
  Report r = sample();
  r.uplinks[0].name = "<script>alert(\"x\")</script>&";
  r.capture.file = "a\"><b>";
  r.switches[0].cause = "<i>";
  const std::string html = to_html(r);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_TRUE(well_formed(html));
}

TEST(Html, NothingAndALotAreFine) {
  for (const std::size_t n : {0u, 1u, 100000u}) {
    const std::string html = to_html(sample(n));
    EXPECT_TRUE(well_formed(html)) << n;
    EXPECT_LT(html.size(), 200000u) << n;
    for (const char* bad : {"nan", "inf\""}) EXPECT_EQ(html.find(bad), std::string::npos) << n;
  }
  EXPECT_TRUE(well_formed(to_html(Report{})));
}

TEST(Html, DiffersBetweenRunsOnlyInTimings) {
  Report a = sample();
  Report b = sample();
  b.clocks_per_packet = 99;
  b.wall_seconds = 9;
  const auto without = [](const Report& r) {
    return std::regex_replace(to_html(r), std::regex("<p class=\"note timing\">[^<]*"), "");
  };
  EXPECT_NE(to_html(a), to_html(b));
  EXPECT_EQ(without(a), without(b));
}

TEST(Scale, TicksAreRoundAndCoverTheMaximum) {
  EXPECT_EQ(nice_ticks(5.2, 6), (std::vector<double>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(nice_ticks(100, 5), (std::vector<double>{0, 20, 40, 60, 80, 100}));
  EXPECT_EQ(nice_ticks(0, 5), (std::vector<double>{0, 1}));
  for (const double m : {1e-6, 0.3, 7.0, 99.0, 1e12}) {
    const auto ticks = nice_ticks(m, 6);
    EXPECT_GE(ticks.back(), m * (1 - 1e-9));
    EXPECT_LE(ticks.size(), 8u);
  }
}

TEST(Format, Numbers) {
  EXPECT_EQ(with_separators(0), "0");
  EXPECT_EQ(with_separators(999), "999");
  EXPECT_EQ(with_separators(1234567), "1,234,567");
  EXPECT_EQ(rate_text({0}), "0 bit/s");
  EXPECT_EQ(rate_text({999}), "999 bit/s");
  EXPECT_EQ(rate_text({999999}), "1.00 Mbit/s");
  EXPECT_EQ(rate_text({5242880}), "5.24 Mbit/s");
  EXPECT_EQ(rate_text({94000000000}), "94.0 Gbit/s");
  EXPECT_EQ(bytes_text(2345678), "2.35 MB");
  EXPECT_EQ(duration_text(3.5), "3.500 s");
  EXPECT_EQ(duration_text(3725), "1 h 2 min 5 s");
}

}  // namespace
}  // namespace spillway::replay
