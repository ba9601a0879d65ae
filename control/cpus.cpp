#include "control/cpus.h"

#include <sched.h>

#include <algorithm>
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

}  // namespace

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

std::string CpuPlan::lcores() const {
  std::string text = "0@" + std::to_string(control);
  for (std::size_t i = 0; i < workers.size(); ++i)
    text += "," + std::to_string(i + 1) + "@" + std::to_string(workers[i]);
  return text;
}

CpuPlan plan_cpus(const config::Config& config, const std::vector<unsigned>& allowed) {
  check(config, allowed);
  std::vector<unsigned> cpus = config.workers.cpus;
  // The first one is for the control core and Linux.
  if (cpus.empty()) cpus.assign(allowed.begin() + (allowed.size() > 1), allowed.end());
  CpuPlan plan;
  plan.control = control_cpu(cpus, allowed);
  auto count = static_cast<unsigned>(cpus.size());
  if (config.workers.cpus.empty()) count = only_cards(config) ? std::min(count, kMostByItself) : 1;
  count = config.workers.count.value_or(count);
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
