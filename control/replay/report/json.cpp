#include <cmath>
#include <nlohmann/json.hpp>

#include "control/replay/report/writers.h"

namespace spillway::replay {
namespace {

using Json = nlohmann::ordered_json;

/// Microseconds are all that a time in a report can mean; more digits would only be noise.
double rounded(double value, double unit) {
  return std::isfinite(value) ? std::round(value / unit) * unit : 0;
}

double time_of(double seconds) {
  return rounded(seconds * 1e6, 1) / 1e6;
}

Json counts(const std::map<std::string, std::uint64_t>& map) {
  Json json = Json::object();
  for (const auto& [key, n] : map) json[key] = n;
  return json;
}

Json uplinks(const Report& report) {
  Json list = Json::array();
  for (const UplinkTotals& u : report.uplinks)
    list.push_back({{"name", u.name},
                    {"tx_bytes", u.tx_bytes},
                    {"rx_bytes", u.rx_bytes},
                    {"peak_rx_bps", u.peak_rx.value},
                    {"peak_tx_bps", u.peak_tx.value},
                    {"connections", u.connections}});
  return list;
}

Json switches(const Report& report) {
  Json list = Json::array();
  for (const SwitchEvent& s : report.switches) {
    Json rates = Json::object();
    for (const auto& [name, rate] : s.rates) rates[name] = rate.value;
    list.push_back({{"time", time_of(s.time)},
                    {"from", s.from},
                    {"to", s.to},
                    {"cause", s.cause},
                    {"rates", std::move(rates)}});
  }
  return list;
}

Json overloads(const Report& report) {
  Json list = Json::array();
  for (const OverloadEvent& o : report.overloads)
    list.push_back({{"time", time_of(o.time)}, {"text", o.text}});
  return list;
}

Json thresholds(const Report& report) {
  Json list = Json::array();
  for (const ThresholdLine& t : report.thresholds)
    list.push_back({{"uplink", t.uplink}, {"label", t.label}, {"bps", t.value.value}});
  return list;
}

Json failures(const Report& report) {
  Json list = Json::array();
  for (const Failure& f : report.failures)
    list.push_back(
        {{"frame", f.frame}, {"time", time_of(f.time)}, {"kind", f.kind}, {"detail", f.detail}});
  return list;
}

Json capture(const CaptureFacts& facts) {
  return {{"file", facts.file},
          {"format", facts.format},
          {"link_type", facts.link_type},
          {"frames", facts.frames},
          {"seconds", time_of(facts.seconds)},
          {"lan_networks", facts.lan_networks},
          {"lan_hosts", facts.lan_hosts},
          {"warnings", facts.warnings},
          {"skipped", counts(facts.skipped)},
          {"adjusted", counts(facts.adjusted)}};
}

}  // namespace

std::string to_json(const Report& report) {
  Json json;
  json["version"] = report.version;
  json["config"] = report.config_file;
  json["speed"] = report.speed;
  json["time_scale"] = report.time_scale;
  json["rounds"] = report.rounds;
  json["capture"] = capture(report.capture);
  json["verified"] = report.verified();
  json["packets"] = {{"in", report.packets_in},
                     {"out", report.packets_out},
                     {"dropped", report.packets_dropped},
                     {"held", report.packets_held},
                     {"generated", report.packets_generated}};
  json["balanced"] = report.balanced;
  json["drops"] = counts(report.drops);
  json["replies_due"] = report.replies_due;
  json["replies_delivered"] = report.replies_delivered;
  json["not_delivered"] = report.not_delivered;
  json["mis_delivered"] = report.mis_delivered;
  json["changed_uplink"] = report.changed_uplink;
  json["bad_checksum"] = report.bad_checksum;
  json["bad_source"] = report.bad_source;
  json["bad_payload"] = report.bad_payload;
  json["wrong_drop"] = report.wrong_drop;
  json["failures"] = failures(report);
  json["connections"] = counts(report.connections);
  json["connections_by_protocol"] = counts(report.connections_protocol);
  json["uplinks"] = uplinks(report);
  json["thresholds"] = thresholds(report);
  json["switches"] = switches(report);
  json["overloads"] = overloads(report);
  json["clocks_per_packet"] = rounded(report.clocks_per_packet * 10, 1) / 10;
  json["packets_per_second"] = rounded(report.packets_per_second, 1);
  json["wall_seconds"] = time_of(report.wall_seconds);
  // File names and configured names may hold any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace spillway::replay
