#include "control/cpus.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "control/config/port_name.h"

namespace spillway {
namespace {

/// More would spend their time with each other.
constexpr unsigned kMostByItself = 16;

bool only_cards(const config::Config& config) {
  const auto is_card = [](const auto& side) {
    const auto name = config::parse_port_name(side.port);
    return name && name->kind == config::PortName::Kind::pci;
  };
  return std::all_of(config.lans.begin(), config.lans.end(), is_card) &&
         std::all_of(config.uplinks.begin(), config.uplinks.end(), is_card);
}

std::string list(const std::vector<unsigned>& cpus) {
  std::string text;
  for (const unsigned cpu : cpus) text += (text.empty() ? "" : ",") + std::to_string(cpu);
  return text;
}

void check(const config::Config& config, const std::vector<unsigned>& allowed) {
  for (const unsigned cpu : config.workers.cpus)
    if (std::find(allowed.begin(), allowed.end(), cpu) == allowed.end())
      throw std::runtime_error(config.file + ": `workers.cpus`: CPU " + std::to_string(cpu) +
                               " is not there for this process; allowed: " + list(allowed));
}

/// Without those that workers have, if any are left.
unsigned control_cpu(const std::vector<unsigned>& of_workers,
                     const std::vector<unsigned>& allowed) {
  for (const unsigned cpu : allowed)
    if (std::find(of_workers.begin(), of_workers.end(), cpu) == of_workers.end()) return cpu;
  return allowed.front();
}

/// CPUs for workers where nobody has named any.
struct FreeChoice {
  std::vector<unsigned>
      cpus;           ///< without the first, if it can be spared: for control core and Linux
  unsigned near = 0;  ///< so many of them, the first ones, are near to ports; or all
};

FreeChoice free_choice(const Machine& machine) {
  std::map<int, int> ports_on;
  for (const auto& [port, node] : machine.node_of_port) ++ports_on[node];
  const auto ports_near = [&](unsigned cpu) {
    const auto found = ports_on.find(machine.node_of(cpu));
    return found == ports_on.end() ? 0 : found->second;
  };
  FreeChoice choice;
  choice.cpus.assign(machine.cpus.begin() + (machine.cpus.size() > 1), machine.cpus.end());
  std::stable_sort(choice.cpus.begin(), choice.cpus.end(),
                   [&](unsigned a, unsigned b) { return ports_near(a) > ports_near(b); });
  choice.near =
      static_cast<unsigned>(std::count_if(choice.cpus.begin(), choice.cpus.end(), ports_near));
  if (choice.near == 0) choice.near = static_cast<unsigned>(choice.cpus.size());
  return choice;
}

/// How many workers there may be where nobody has said.
unsigned most_workers(const config::Config& config, unsigned near) {
  if (!config.workers.cpus.empty()) return static_cast<unsigned>(config.workers.cpus.size());
  return only_cards(config) ? std::min(near, kMostByItself) : 1;
}

}  // namespace

std::string CpuPlan::lcores() const {
  std::string text = "0@" + std::to_string(control);
  for (std::size_t i = 0; i < workers.size(); ++i)
    text += "," + std::to_string(i + 1) + "@" + std::to_string(workers[i]);
  return text;
}

std::vector<int> CpuPlan::worker_nodes(const Machine& machine) const {
  std::vector<int> nodes;
  for (const unsigned cpu : workers) nodes.push_back(machine.node_of(cpu));
  return nodes;
}

std::vector<std::size_t> CpuPlan::share_memory(const Machine& machine, std::size_t all,
                                               std::size_t shared) const {
  if (machine.nodes() == 1) return {};
  std::vector<std::size_t> mib(machine.nodes());
  const auto at = [&](int node) -> std::size_t& {
    return mib[static_cast<std::size_t>(std::max(node, 0))];
  };
  at(machine.node_of(control)) += shared;
  const std::size_t each = (all - shared + workers.size() - 1) / workers.size();
  for (const int node : worker_nodes(machine)) at(node) += each;
  return mib;
}

CpuPlan plan_cpus(const config::Config& config, const Machine& machine) {
  check(config, machine.cpus);
  const FreeChoice choice = free_choice(machine);
  const std::vector<unsigned>& cpus =
      config.workers.cpus.empty() ? choice.cpus : config.workers.cpus;
  CpuPlan plan;
  plan.control = control_cpu(cpus, machine.cpus);
  const unsigned count = config.workers.count.value_or(most_workers(config, choice.near));
  for (unsigned i = 0; i < count; ++i) plan.workers.push_back(cpus[i % cpus.size()]);
  return plan;
}

unsigned choose_workers(const config::Workers& workers, const CpuPlan& plan,
                        unsigned sortable) noexcept {
  const auto planned = static_cast<unsigned>(plan.workers.size());
  if (workers.count || !workers.cpus.empty()) return planned;
  // What would be handed over anyway pays for no second worker.
  return std::clamp(sortable, 1u, planned);
}

}  // namespace spillway
