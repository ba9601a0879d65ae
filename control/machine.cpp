#include "control/machine.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "control/config/parts.h"
#include "control/config/port_name.h"

namespace spillway {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::string text;
  std::getline(std::ifstream(file), text);
  return text;
}

/// What follows `before` in a name, as a number.
std::optional<int> number_behind(const std::string& name, const std::string& before) {
  if (name.rfind(before, 0) != 0) return std::nullopt;
  char* end = nullptr;
  const long value = std::strtol(name.c_str() + before.size(), &end, 10);
  if (end == name.c_str() + before.size() || *end != '\0') return std::nullopt;
  return static_cast<int>(value);
}

std::map<unsigned, int> nodes_of_cpus(const fs::path& nodes) {
  std::map<unsigned, int> found;
  int highest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(nodes, error)) {
    const auto node = number_behind(entry.path().filename().string(), "node");
    if (!node) continue;
    highest = std::max(highest, *node);
    for (const unsigned cpu :
         config::parse_cpus(read(entry.path() / "cpulist")).value_or(std::vector<unsigned>()))
      found[cpu] = *node;
  }
  return highest == 0 ? std::map<unsigned, int>() : found;
}

/// A card's node; none for what is no card, and where Linux does not know.
std::optional<int> node_of_device(const std::string& port, const fs::path& sys) {
  const auto name = config::parse_port_name(port);
  if (!name) return std::nullopt;
  const bool is_card = name->kind == config::PortName::Kind::pci;
  const fs::path device = is_card ? sys / "bus/pci/devices" / name->device
                                  : sys / "class/net" / name->device / "device";
  const std::string text = read(device / "numa_node");
  const auto node = number_behind(text, "");
  return node && *node >= 0 ? node : std::nullopt;
}

}  // namespace

int Machine::node_of(unsigned cpu) const noexcept {
  const auto found = node_of_cpu.find(cpu);
  return found == node_of_cpu.end() ? kAnyNode : found->second;
}

std::size_t Machine::nodes() const noexcept {
  int highest = 0;
  for (const auto& [cpu, node] : node_of_cpu) highest = std::max(highest, node);
  return static_cast<std::size_t>(highest) + 1;
}

Machine read_machine(const config::Config& config, const std::string& sys) {
  Machine machine;
  machine.cpus = allowed_cpus();
  machine.node_of_cpu = nodes_of_cpus(fs::path(sys) / "devices/system/node");
  const auto look_at = [&](const auto& side) {
    if (const auto node = node_of_device(side.port, sys)) machine.node_of_port[side.port] = *node;
  };
  std::for_each(config.lans.begin(), config.lans.end(), look_at);
  std::for_each(config.uplinks.begin(), config.uplinks.end(), look_at);
  return machine;
}

std::vector<unsigned> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  std::vector<unsigned> cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

std::size_t free_huge_mib(int node, const std::string& sys) {
  std::size_t kib = 0;
  std::error_code error;
  const fs::path folder =
      fs::path(sys) / "devices/system/node" / ("node" + std::to_string(node)) / "hugepages";
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const auto size = static_cast<std::size_t>(std::strtoull(
        name.substr(std::min(name.size(), std::string("hugepages-").size())).c_str(), nullptr, 10));
    kib += size * std::strtoull(read(entry.path() / "free_hugepages").c_str(), nullptr, 10);
  }
  return kib / 1024;
}

}  // namespace spillway
