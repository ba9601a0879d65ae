#include "control/commands/uplink_commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "control/commands/json_text.h"
#include "control/commands/probe_json.h"
#include "control/commands/view_command.h"
#include "control/config/words.h"

namespace spillway {
namespace {

/// "active", "usable, overloaded", ...
std::string standing_of(const UplinkView& u) {
  const std::string place = u.active ? "active" : u.usable ? "usable" : "not used";
  return place + (u.overloaded ? ", overloaded" : "");
}

Json json_of(const config::Threshold& t) {
  return {{"traffic", config::word_for(config::kTraffics, t.traffic)},
          {"spill_above", t.spill_above.of(t.traffic).value},
          {"return_below", t.return_below.of(t.traffic).value}};
}

Json json_of(const UplinkView& u) {
  Json json = {{"name", u.name},
               {"health", u.health},
               {"reason", u.reason},
               {"since_s", in_seconds(u.since)},
               {"hold_down_ms", in_ms(u.hold_down)},
               {"link", u.link},
               {"active", u.active},
               {"usable", u.usable},
               {"overloaded", u.overloaded},
               {"rx_bps", u.rate.rx.value},
               {"tx_bps", u.rate.tx.value}};
  json["threshold"] = u.threshold ? json_of(*u.threshold) : Json();
  json["reserved_bps"] = u.room ? Json(u.room->reserved.value) : Json();
  json["each_bps"] = u.room ? Json(u.room->each.value) : Json();
  json["headroom"] = u.room ? Json(u.room->connections) : Json();
  json["probes"] = Json::array();
  for (const ProbeView& probe : u.probes) json["probes"].push_back(json_of(probe));
  return json;
}

std::string limits_of(const UplinkView& u) {
  std::string text;
  if (u.threshold) {
    const config::Traffic traffic = u.threshold->traffic;
    text += fmt::format("  threshold: {} above {} bit/s, back below {} bit/s\n",
                        config::word_for(config::kTraffics, traffic),
                        u.threshold->spill_above.of(traffic).value,
                        u.threshold->return_below.of(traffic).value);
  }
  if (u.room)
    text += fmt::format(
        "  reserved: {} bit/s; room for {} connections of {} bit/s until the next sample\n",
        u.room->reserved.value, u.room->connections, u.room->each.value);
  return text;
}

/// Each new connection goes to the least loaded one then.
bool all_overloaded(const std::vector<UplinkView>& uplinks) {
  const auto count = [&](auto&& is) { return std::count_if(uplinks.begin(), uplinks.end(), is); };
  const auto usable = count([](const UplinkView& u) { return u.usable; });
  return usable > 0 &&
         usable == count([](const UplinkView& u) { return u.usable && u.overloaded; });
}

std::string text_of(const ProbeView& p) {
  return fmt::format(
      "  {:<7} {:<16} {}{}: {} of {} answered, loss {:.0f} %, {:.1f} ms, jitter "
      "{:.1f} ms\n",
      p.kind, p.target, p.verdict, p.blamed ? ", by its own fault" : "", p.answered, p.sent,
      p.loss * 100, in_ms(p.rtt), in_ms(p.jitter));
}

}  // namespace

std::string uplinks_to_text(const std::vector<UplinkView>& uplinks) {
  std::string text;
  for (const UplinkView& u : uplinks) {
    text +=
        fmt::format("{}: {} for {:.1f} s{}; {}; received {} bit/s, sent {} bit/s\n", u.name,
                    u.health, in_seconds(u.since), u.reason.empty() ? "" : " (" + u.reason + ")",
                    standing_of(u), u.rate.rx.value, u.rate.tx.value);
    text += limits_of(u);
    for (const ProbeView& probe : u.probes) text += text_of(probe);
  }
  if (all_overloaded(uplinks))
    text += "all uplinks overloaded: each new connection goes to the least loaded one\n";
  return text;
}

std::string uplinks_to_json(const std::vector<UplinkView>& uplinks) {
  Json json = {
      {"active", nullptr}, {"all_overloaded", all_overloaded(uplinks)}, {"uplinks", Json::array()}};
  for (const UplinkView& uplink : uplinks) {
    if (uplink.active) json["active"] = uplink.name;
    json["uplinks"].push_back(json_of(uplink));
  }
  return json_text(json);
}

void add_uplink_commands(CommandTable& table, std::function<std::vector<UplinkView>()> uplinks) {
  add_view<std::vector<UplinkView>>(table, "show uplinks",
                                    "health, rates, limits and probes of each", std::move(uplinks),
                                    uplinks_to_text, uplinks_to_json);
}

}  // namespace spillway
