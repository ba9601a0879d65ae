#include "control/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace spillway {
namespace {

/// The first CPU that this process may use: the EAL refuses any other.
std::string first_cpu() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  int cpu = 0;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &allowed)) ++cpu;
  return std::to_string(cpu);
}

bool names(const std::vector<std::string>& arguments, const std::string& option) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& a) {
    return a == option || a.rfind(option + "=", 0) == 0;
  });
}

std::vector<std::string> arguments(std::size_t memory_mib, const std::vector<std::string>& extra) {
  std::vector<std::string> all = {"spillway", "--no-pci", "--no-telemetry"};
  const bool hugepages = names(extra, "--in-memory") || names(extra, "--huge-dir");
  if (!hugepages && !names(extra, "--no-huge")) all.insert(all.end(), {"--no-huge", "--no-shconf"});
  if (!names(extra, "-m")) all.insert(all.end(), {"-m", std::to_string(memory_mib)});
  if (!names(extra, "-l") && !names(extra, "--lcores")) all.insert(all.end(), {"-l", first_cpu()});
  if (!names(extra, "--log-level")) all.push_back("--log-level=error");
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

}  // namespace

Eal::Eal(std::size_t memory_mib, const std::vector<std::string>& extra) {
  std::vector<std::string> all = arguments(memory_mib, extra);
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  if (rte_eal_init(static_cast<int>(pointers.size()), pointers.data()) >= 0) return;
  if (access("/sys/devices/system/cpu/cpu0", F_OK) != 0)
    throw std::runtime_error(
        "DPDK's EAL does not start: it finds the CPUs in /sys, which is not mounted here "
        "(mount -t sysfs sysfs /sys)");
  std::string line;
  for (const std::string& argument : all) line += " " + argument;
  throw std::runtime_error("DPDK's EAL does not start (" + std::string(rte_strerror(rte_errno)) +
                           ") with:" + line);
}

Eal::~Eal() {
  rte_eal_cleanup();
}

}  // namespace spillway
