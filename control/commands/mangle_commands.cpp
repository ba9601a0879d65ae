#include "control/commands/mangle_commands.h"

#include <fmt/format.h>

#include "control/commands/json_text.h"
#include "control/commands/view_command.h"

namespace spillway {
namespace {

Json json_of(const MangleRule& rule) {
  Json fields = Json::object();
  for (const auto& [name, value] : rule.fields) fields[name] = value;
  Json json = {{"comment", rule.comment}, {"chain", rule.chain}, {"action", rule.action},
               {"fields", fields},        {"opened", nullptr},   {"live", nullptr}};
  if (!rule.counts) return json;
  json["opened"] = rule.counts->opened;
  json["live"] = rule.counts->live;
  return json;
}

}  // namespace

std::string mangle_to_text(const std::vector<MangleRule>& rules) {
  std::string text;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const MangleRule& rule = rules[i];
    text += fmt::format("{:>2}  ", i);
    if (!rule.comment.empty()) text += ";;; " + rule.comment + "\n    ";
    text += "chain=" + rule.chain + " action=" + rule.action;
    for (const auto& [name, value] : rule.fields) text += " " + name + "=" + value;
    text += "\n";
    if (rule.counts)
      text += fmt::format("    connections: {} opened, {} live\n", rule.counts->opened,
                          rule.counts->live);
  }
  return text;
}

std::string mangle_to_json(const std::vector<MangleRule>& rules) {
  Json list = Json::array();
  for (const MangleRule& rule : rules) list.push_back(json_of(rule));
  return json_text(list);
}

void add_mangle_commands(CommandTable& table, std::function<std::vector<MangleRule>()> rules) {
  add_view<std::vector<MangleRule>>(table, "show mangle",
                                    "the rules that mark connections, and what they have done",
                                    std::move(rules), mangle_to_text, mangle_to_json);
}

}  // namespace spillway
