#include "control/metrics/telemetry_answers.h"

#include <charconv>
#include <cmath>

namespace spillway::telemetry {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kUsualEvents = 10;
constexpr std::string_view kSeverityNames[] = {"info", "warning", "error"};

template <typename Unit>
std::uint64_t in(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<Unit>(time).count());
}

Json mistake(const std::string& found, const std::string& allowed) {
  return {{"error", "found \"" + found + "\"; allowed: " + allowed}};
}

Json json_of(const ProbeView& p) {
  return {{"kind", p.kind},
          {"target", p.target},
          {"verdict", p.verdict},
          {"blamed", p.blamed},
          {"sent", p.sent},
          {"answered", p.answered},
          {"loss_permille", static_cast<std::uint64_t>(std::lround(p.loss * 1000))},
          {"rtt_us", in<std::chrono::microseconds>(p.rtt)},
          {"jitter_us", in<std::chrono::microseconds>(p.jitter)}};
}

Json summary_of(const UplinkView& u) {
  return {{"name", u.name},
          {"health", u.health},
          {"active", u.active},
          {"usable", u.usable},
          {"overloaded", u.overloaded},
          {"link", u.link},
          {"rx_bps", u.rate.rx.value},
          {"tx_bps", u.rate.tx.value}};
}

Json uplinks(const RouterSnapshot& s, const std::string&) {
  Json json = {{"active", s.active()}, {"all_overloaded", s.all_overloaded()}};
  json["uplinks"] = Json::array();
  for (const UplinkView& uplink : s.uplinks) json["uplinks"].push_back(summary_of(uplink));
  return json;
}

Json details_of(const UplinkView& u) {
  Json json = summary_of(u);
  json["reason"] = u.reason;
  json["since_ms"] = in<std::chrono::milliseconds>(u.since);
  json["hold_down_ms"] = in<std::chrono::milliseconds>(u.hold_down);
  if (u.threshold) {
    json["spill_above_bps"] = u.threshold->spill_above.of(u.threshold->traffic).value;
    json["return_below_bps"] = u.threshold->return_below.of(u.threshold->traffic).value;
  }
  if (u.room) {
    json["reserved_bps"] = u.room->reserved.value;
    json["headroom"] = std::uint64_t{u.room->connections};
  }
  json["probes"] = Json::array();
  for (const ProbeView& probe : u.probes) json["probes"].push_back(json_of(probe));
  return json;
}

Json uplink(const RouterSnapshot& s, const std::string& name) {
  std::string names;
  for (const UplinkView& u : s.uplinks) {
    if (u.name == name) return details_of(u);
    names += (names.empty() ? "" : ", ") + u.name;
  }
  return mistake(name, names);
}

/// As `show counters --json`, but for the ports: their names cannot be keys here.
Json counters(const RouterSnapshot& s, const std::string&) {
  Json json = Json::parse(to_json(s.counters));
  json["ports"] = Json::array();
  for (const CounterTotals::Port& p : s.counters.ports)
    json["ports"].push_back({{"name", p.name},
                             {"rx_packets", p.rx_packets},
                             {"rx_bytes", p.rx_bytes},
                             {"tx_packets", p.tx_packets},
                             {"tx_bytes", p.tx_bytes}});
  json.erase("dropped");
  json["dropped"] = s.counters.dropped();
  return json;
}

Json drops(const RouterSnapshot& s, const std::string&) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kDropReasons; ++i)
    json[std::string(kDropReasonTexts[i].name)] = s.dropped(static_cast<DropReason>(i));
  return json;
}

Json workers(const RouterSnapshot& s, const std::string&) {
  Json list = Json::array();
  for (const WorkerFigures& w : s.workers)
    list.push_back({{"iterations", w.iterations},
                    {"busy_ms", in<std::chrono::milliseconds>(w.busy)},
                    {"stalled", w.stalled},
                    {"received", w.received},
                    {"given", w.given},
                    {"taken", w.taken},
                    {"connections", w.connections},
                    {"capacity", w.capacity}});
  return {{"uptime_ms", in<std::chrono::milliseconds>(s.time.time_since_epoch())},
          {"workers", list},
          {"buffers", s.buffers},
          {"buffers_in_use", s.buffers_in_use}};
}

Json connections(const RouterSnapshot& s, const std::string&) {
  std::uint64_t capacity = 0;
  for (const WorkerFigures& w : s.workers) capacity += w.capacity;
  std::array<std::uint64_t, kConnStates> states{};
  Json pairs = Json::array();
  for (std::size_t mark = 0; mark < kMarks; ++mark)
    for (std::size_t column = 0; column <= kMaxUplinks; ++column) {
      for (std::size_t i = 0; i < kConnStates; ++i)
        states[i] += s.connections.living[mark][column][i];
      if (s.connections.opened[mark][column] == 0) continue;
      pairs.push_back({{"mark", mark_label(static_cast<Mark>(mark))},
                       {"uplink", uplink_of_column(s, column)},
                       {"open", s.connections.living_of(mark, column)},
                       {"opened", s.connections.opened[mark][column]}});
    }
  Json json = {{"open", s.counters.connections},    {"capacity", capacity},
               {"opened", s.counters.opened},       {"timed_out", s.counters.expired},
               {"displaced", s.counters.displaced}, {"evicted", s.connections.evicted},
               {"states", Json::object()},          {"marks", pairs}};
  for (std::size_t i = 0; i < kConnStates; ++i)
    json["states"][std::string(state_label(static_cast<ConnState>(i)))] = states[i];
  return json;
}

Json events(const RouterSnapshot& s, const std::string& parameters) {
  std::size_t most = kUsualEvents;
  const char* end = parameters.data() + parameters.size();
  const auto [stopped, error] = std::from_chars(parameters.data(), end, most);
  const bool good = error == std::errc() && stopped == end && most >= 1 && most <= s.kEvents;
  if (!parameters.empty() && !good)
    return mistake(parameters, "a number from 1 to " + std::to_string(s.kEvents));
  Json list = Json::array();
  const std::size_t known = s.events->size();
  for (std::size_t i = known - std::min(most, known); i < known; ++i) {
    const Event& e = (*s.events)[i];
    list.push_back({{"number", e.number},
                    {"time_ms", static_cast<std::uint64_t>(e.wall_ms)},
                    {"kind", name_of(e.kind)},
                    {"severity", kSeverityNames[static_cast<std::size_t>(e.severity)]},
                    {"subject", e.subject},
                    {"text", e.text}});
  }
  return {{"events", list}};
}

}  // namespace

const std::array<Endpoint, kEndpoints> endpoints = {{
    {"/spillway/uplinks", "Health, choice and rates of all uplinks", uplinks},
    {"/spillway/uplink", "All that is known of an uplink. Parameter: its name", uplink},
    {"/spillway/counters", "Packets by port, and their balance", counters},
    {"/spillway/drops", "Dropped packets by reason", drops},
    {"/spillway/workers", "Iterations, busy time and tables of the workers", workers},
    {"/spillway/connections", "Connections by mark, uplink and state", connections},
    {"/spillway/events", "The last events. Parameter: how many, 10 unless told", events},
}};

}  // namespace spillway::telemetry
