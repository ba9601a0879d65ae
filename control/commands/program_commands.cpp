#include "control/commands/program_commands.h"

#include <fmt/format.h>

#include <libconfig.h++>

#include "control/commands/json_text.h"
#include "control/commands/view_command.h"
#include "control/config/load.h"

namespace spillway {
namespace {

Json json_of(const libconfig::Setting& setting) {
  using libconfig::Setting;
  if (setting.isGroup()) {
    Json json = Json::object();
    for (const Setting& member : setting) json[member.getName()] = json_of(member);
    return json;
  }
  if (setting.isList() || setting.isArray()) {
    Json json = Json::array();
    for (const Setting& element : setting) json.push_back(json_of(element));
    return json;
  }
  switch (setting.getType()) {
    case Setting::TypeBoolean:
      return static_cast<bool>(setting);
    case Setting::TypeInt:
      return static_cast<int>(setting);
    case Setting::TypeInt64:
      return static_cast<long long>(setting);
    case Setting::TypeFloat:
      return static_cast<double>(setting);
    default:
      return setting.c_str();
  }
}

}  // namespace

std::string config_to_json(const config::Config& config) {
  libconfig::Config file;
  file.readString(config::effective(config));
  return json_text(json_of(file.getRoot()));
}

std::string version_to_text(const VersionView& v) {
  return fmt::format(
      "spillway {}\n{}\ncompiled by {}\nup for {:.0f} s, process {}, configuration {}\n",
      v.spillway, v.dpdk, v.compiler, in_seconds(v.uptime), v.pid, v.config_file);
}

std::string version_to_json(const VersionView& v) {
  return json_text({{"spillway", v.spillway},
                    {"dpdk", v.dpdk},
                    {"compiler", v.compiler},
                    {"uptime_s", in_seconds(v.uptime)},
                    {"pid", v.pid},
                    {"config_file", v.config_file}});
}

void add_program_commands(CommandTable& table, std::function<const config::Config&()> config,
                          std::function<VersionView()> version) {
  table.add({"show config", "[--json]", "the configuration with every default filled in",
             [config = std::move(config)](Arguments& arguments) {
               const bool json = arguments.flag("--json");
               arguments.finish("--json");
               return Answer{true, json ? config_to_json(config()) : config::effective(config())};
             }});
  add_view<VersionView>(table, "show version", "spillway, DPDK, compiler, uptime",
                        std::move(version), version_to_text, version_to_json);
}

}  // namespace spillway
