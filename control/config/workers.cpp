// Worker threads and the CPUs they run on.

#include <algorithm>
#include <charconv>

#include "control/config/parts.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

constexpr unsigned kMostWorkers = 64;  // OwnerMap::kMostWorkers
constexpr unsigned kMostCpu = 1023;
constexpr char kCpuForm[] = "CPU numbers such as \"2-5,8\"";

std::optional<unsigned> cpu_number(std::string_view text) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || value > kMostCpu) return std::nullopt;
  return value;
}

/// Adds "5" or "2-5"; false when it is neither, or names a CPU again.
bool add_cpus(std::string_view part, std::vector<unsigned>& cpus) {
  const std::size_t dash = part.find('-');
  const auto first = cpu_number(part.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : cpu_number(part.substr(dash + 1));
  if (!first || !last || *first > *last) return false;
  for (unsigned cpu = *first; cpu <= *last; ++cpu) {
    if (std::find(cpus.begin(), cpus.end(), cpu) != cpus.end()) return false;
    cpus.push_back(cpu);
  }
  return true;
}

}  // namespace

std::optional<std::vector<unsigned>> parse_cpus(std::string_view text) {
  std::vector<unsigned> cpus;
  while (true) {
    const std::size_t comma = text.find(',');
    if (!add_cpus(text.substr(0, comma), cpus)) return std::nullopt;
    if (comma == std::string_view::npos) return cpus;
    text.remove_prefix(comma + 1);
  }
}

void read_workers(Section& root, Config& config) {
  root.group("workers", [&](Section& section) {
    Workers& workers = config.workers;
    if (section.is_number("count")) {
      if (const auto count = section.integer("count", 1, kMostWorkers))
        workers.count = static_cast<unsigned>(*count);
    } else if (section.has("count") && section.text("count").value_or("") != "auto") {
      section.reject("count", "a number of workers, 1 to 64, or \"auto\"");
    }
    workers.idle = section.choice("idle", kIdles).value_or(workers.idle);
    if (auto cpus = section.parsed("cpus", parse_cpus, kCpuForm)) workers.cpus = std::move(*cpus);
  });
}

}  // namespace spillway::config
