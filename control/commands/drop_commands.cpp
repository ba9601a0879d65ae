#include "control/commands/drop_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "control/commands/json_text.h"
#include "control/commands/text_table.h"

namespace spillway {
namespace {

std::string ports_of(const DropsView& drops, std::size_t reason) {
  std::vector<std::string> ports;
  for (const DropsView::Port& port : drops.ports)
    if (port.counts[reason] > 0)
      ports.push_back(port.name + " " + std::to_string(port.counts[reason]));
  return list_of(ports, "-");
}

/// Which reasons there have been, the most frequent one first.
std::vector<std::size_t> seen(const DropsView& drops) {
  std::vector<std::size_t> reasons;
  for (std::size_t i = 0; i < kDropReasons; ++i)
    if (drops.all[i] > 0) reasons.push_back(i);
  std::stable_sort(reasons.begin(), reasons.end(),
                   [&](std::size_t a, std::size_t b) { return drops.all[a] > drops.all[b]; });
  return reasons;
}

}  // namespace

std::string drops_to_text(const DropsView& drops, const DropsSince& since) {
  TextTable table({{"REASON"},
                   figures("TOTAL"),
                   figures("NEW"),
                   figures("PER SECOND"),
                   {"CAME IN BY"},
                   {"MEANING"}});
  for (const std::size_t i : seen(drops))
    table.add({std::string(kDropReasonTexts[i].name), std::to_string(drops.all[i]),
               std::to_string(drops.all[i] - since.counts[i]),
               fmt::format("{:.1f}", since.rate(since.counts[i], drops.all[i])), ports_of(drops, i),
               std::string(kDropReasonTexts[i].meaning)});
  return table.text() + fmt::format("new: in the last {:.1f} s\n", since.seconds);
}

std::string drops_to_json(const DropsView& drops, const DropsSince& since) {
  Json json = {{"seconds", since.seconds}, {"reasons", Json::object()}};
  for (const std::size_t i : seen(drops)) {
    Json ports = Json::object();
    for (const DropsView::Port& port : drops.ports)
      if (port.counts[i] > 0) ports[port.name] = port.counts[i];
    json["reasons"][std::string(kDropReasonTexts[i].name)] = {
        {"total", drops.all[i]},
        {"new", drops.all[i] - since.counts[i]},
        {"per_second", since.rate(since.counts[i], drops.all[i])},
        {"ports", ports},
        {"meaning", kDropReasonTexts[i].meaning}};
  }
  return json_text(json);
}

void add_drop_commands(CommandTable& table, std::function<DropsView()> drops,
                       std::function<TimePoint()> now) {
  const auto last = std::make_shared<LastLook<DropCounts>>();
  table.add({"show drops", "[--json]", "dropped packets by reason, in all and since the last look",
             [drops = std::move(drops), now = std::move(now), last](Arguments& arguments) {
               const bool json = arguments.flag("--json");
               arguments.finish("--json");
               const DropsView view = drops();
               const DropsSince since = last->look(now(), view.all);
               return Answer{true, json ? drops_to_json(view, since) : drops_to_text(view, since)};
             }});
}

}  // namespace spillway
