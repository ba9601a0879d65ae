#include "control/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "control/hugepages.h"
#include "control/log/log.h"

namespace spillway {
namespace {

/// The CPUs that this process may use: the EAL refuses any other.
std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

/// The main thread on the first CPU, the workers on those behind it; where there are too few, the
/// last ones are shared.
std::string lcores(unsigned workers) {
  const std::vector<int> cpus = allowed_cpus();
  std::string text;
  for (unsigned i = 0; i <= workers; ++i) {
    const std::size_t at = std::min<std::size_t>(i, cpus.size() - 1);
    text += (i > 0 ? "," : "") + std::to_string(i) + "@" + std::to_string(cpus[at]);
  }
  return text;
}

bool names(const std::vector<std::string>& arguments, const std::string& option) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& a) {
    return a == option || a.rfind(option + "=", 0) == 0;
  });
}

bool chooses_memory(const std::vector<std::string>& arguments) {
  return names(arguments, "--in-memory") || names(arguments, "--huge-dir") ||
         names(arguments, "--no-huge");
}

std::vector<std::string> arguments(const EalNeeds& needs, bool hugepages,
                                   const std::vector<std::string>& extra) {
  std::vector<std::string> all = {"spillway", "--no-telemetry"};
  if (!needs.pci) all.emplace_back("--no-pci");
  if (hugepages)
    all.emplace_back("--in-memory");
  else if (!chooses_memory(extra))
    all.insert(all.end(), {"--no-huge", "--no-shconf"});
  if (!names(extra, "-m")) all.insert(all.end(), {"-m", std::to_string(needs.memory_mib)});
  if (!names(extra, "-l") && !names(extra, "--lcores"))
    all.push_back("--lcores=" + lcores(needs.workers));
  if (!names(extra, "--log-level")) all.emplace_back("--log-level=error");
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

[[noreturn]] void fail(const std::vector<std::string>& all, int error) {
  if (access("/sys/devices/system/cpu/cpu0", F_OK) != 0)
    throw std::runtime_error(
        "DPDK's EAL does not start: it finds the CPUs in /sys, which is not mounted here "
        "(mount -t sysfs sysfs /sys)");
  const std::string reason = first_dpdk_error();
  std::string line;
  for (const std::string& argument : all) line += " " + argument;
  throw std::runtime_error("DPDK's EAL does not start (" +
                           (reason.empty() ? rte_strerror(error) : reason) + ") with:" + line);
}

}  // namespace

Eal::Eal(const EalNeeds& needs, const std::vector<std::string>& extra) {
  const HugepageChoice choice = choose_pages(needs.memory_mib);
  const bool huge = needs.hugepages && choice.enough && !chooses_memory(extra);
  memory_ = chooses_memory(extra) ? "memory as named after --" : choice.text;
  std::vector<std::string> all = arguments(needs, huge, extra);
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  if (rte_eal_init(static_cast<int>(pointers.size()), pointers.data()) < 0) fail(all, rte_errno);
}

Eal::~Eal() {
  rte_eal_cleanup();
}

}  // namespace spillway
