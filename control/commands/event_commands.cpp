#include "control/commands/event_commands.h"

#include <fmt/chrono.h>

#include <chrono>

#include "control/commands/json_text.h"

namespace spillway {
namespace {

constexpr std::uint64_t kUsual = 20;

constexpr std::string_view kSeverities[] = {"info", "warning", "error"};

std::string_view name_of(Severity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}

std::string date_of(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  return fmt::format("{:%F %T}.{:03}", fmt::localtime(seconds), wall_ms % 1000);
}

}  // namespace

std::string events_to_text(std::span<const Event> events) {
  std::string text;
  for (const Event& e : events)
    text += fmt::format("{:>6}  {}  {:<8}  {:<8} {}\n", e.number, date_of(e.wall_ms),
                        name_of(e.severity), spillway::name_of(e.kind), e.text);
  return text;
}

std::string events_to_json(std::span<const Event> events) {
  Json list = Json::array();
  for (const Event& e : events) {
    Json facts = Json::object();
    for (const auto& [name, value] : e.facts) facts[name] = value;
    const std::chrono::duration<double> uptime = e.time.time_since_epoch();
    list.push_back({{"number", e.number},
                    {"time_ms", e.wall_ms},
                    {"uptime_s", uptime.count()},
                    {"kind", spillway::name_of(e.kind)},
                    {"severity", name_of(e.severity)},
                    {"subject", e.subject},
                    {"text", e.text},
                    {"facts", facts}});
  }
  return json_text(list);
}

void add_event_commands(CommandTable& table, const EventLog& events) {
  table.add({"show events", "[N] [--json]", "the last N events, 20 unless told",
             [&events](Arguments& arguments) {
               const bool json = arguments.flag("--json");
               const auto most = arguments.number(1, EventLog::kKept).value_or(kUsual);
               arguments.finish("a number, --json");
               const std::vector<Event> last = events.last(most);
               return Answer{true, json ? events_to_json(last) : events_to_text(last)};
             }});
}

}  // namespace spillway
