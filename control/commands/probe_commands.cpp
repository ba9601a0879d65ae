#include "control/commands/probe_commands.h"

#include <fmt/format.h>

#include "control/commands/json_text.h"
#include "control/commands/probe_json.h"
#include "control/commands/text_table.h"
#include "control/commands/view_command.h"

namespace spillway {

std::string probes_to_text(const std::vector<UplinkView>& uplinks) {
  TextTable table({{"UPLINK"},
                   {"KIND"},
                   {"TARGET"},
                   {"VERDICT"},
                   figures("SENT"),
                   figures("ANSWERED"),
                   figures("LOSS"),
                   figures("RTT"),
                   figures("JITTER")});
  for (const UplinkView& u : uplinks)
    for (const ProbeView& p : u.probes)
      table.add({u.name, p.kind, p.target, p.verdict + (p.blamed ? " (its own fault)" : ""),
                 std::to_string(p.sent), std::to_string(p.answered),
                 fmt::format("{:.0f} %", p.loss * 100), fmt::format("{:.1f} ms", in_ms(p.rtt)),
                 fmt::format("{:.1f} ms", in_ms(p.jitter))});
  return table.text();
}

std::string probes_to_json(const std::vector<UplinkView>& uplinks) {
  Json list = Json::array();
  for (const UplinkView& u : uplinks)
    for (const ProbeView& p : u.probes) {
      Json probe = {{"uplink", u.name}};
      probe.update(json_of(p));
      list.push_back(std::move(probe));
    }
  return json_text(list);
}

void add_probe_commands(CommandTable& table, std::function<std::vector<UplinkView>()> uplinks) {
  add_view<std::vector<UplinkView>>(table, "show probes", "what each uplink is asked, and answers",
                                    std::move(uplinks), probes_to_text, probes_to_json);
}

}  // namespace spillway
