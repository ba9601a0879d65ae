#include "control/commands/balance_commands.h"

#include <fmt/format.h>

#include "control/commands/json_text.h"
#include "control/commands/text_table.h"
#include "control/commands/view_command.h"
#include "control/config/words.h"

namespace spillway {
namespace {

Json json_of(const MonitorView& m) {
  return {{"name", m.name},
          {"interface", m.interface},
          {"traffic", config::word_for(config::kTraffics, m.traffic)},
          {"trigger", config::word_for(config::kTriggers, m.trigger)},
          {"threshold_bps", m.threshold.value},
          {"rate_bps", m.rate.value},
          {"state", m.above ? "above" : "below"},
          {"on_event", m.on_event},
          {"requested", m.requested}};
}

}  // namespace

std::string active_to_text(const ActiveView& a) {
  std::string text = "active: " + a.active.value_or("none");
  if (a.since) text += fmt::format(" for {:.1f} s because {}", in_seconds(*a.since), a.cause);
  text += "\nmode: " + a.mode + "\nusable: " + list_of(a.usable) +
          "\noverloaded: " + list_of(a.overloaded) + "\n";
  if (!a.forwarding) text += "nothing is forwarded until `start`\n";
  return text;
}

std::string active_to_json(const ActiveView& a) {
  Json json = {{"active", nullptr},         {"since_s", nullptr},
               {"cause", nullptr},          {"mode", a.mode},
               {"usable", a.usable},        {"overloaded", a.overloaded},
               {"forwarding", a.forwarding}};
  if (a.active) json["active"] = *a.active;
  if (a.since) json["since_s"] = in_seconds(*a.since);
  if (a.since) json["cause"] = a.cause;
  return json_text(json);
}

std::string monitors_to_text(const std::vector<MonitorView>& monitors) {
  TextTable table({{"NAME"},
                   {"INTERFACE"},
                   {"TRAFFIC"},
                   {"TRIGGER"},
                   figures("THRESHOLD"),
                   figures("RATE"),
                   {"STATE"},
                   {"ON-EVENT"}});
  for (const MonitorView& m : monitors)
    table.add({m.name, m.interface, std::string(config::word_for(config::kTraffics, m.traffic)),
               std::string(config::word_for(config::kTriggers, m.trigger)),
               std::to_string(m.threshold.value), std::to_string(m.rate.value),
               m.above ? "above" : "below", m.on_event + (m.requested ? " (requested)" : "")});
  return table.text();
}

std::string monitors_to_json(const std::vector<MonitorView>& monitors) {
  Json list = Json::array();
  for (const MonitorView& m : monitors) list.push_back(json_of(m));
  return json_text(list);
}

void add_balance_commands(CommandTable& table, std::function<ActiveView()> active,
                          std::function<std::vector<MonitorView>()> monitors) {
  add_view<ActiveView>(table, "show active", "the uplink that takes new connections, and why",
                       std::move(active), active_to_text, active_to_json);
  add_view<std::vector<MonitorView>>(table, "show monitors", "the Traffic Monitors and their state",
                                     std::move(monitors), monitors_to_text, monitors_to_json);
}

}  // namespace spillway
