// Runs tests that need an EAL: no hugepages, no devices, nothing shared with other processes.

#include <gtest/gtest.h>
#include <rte_eal.h>
#include <sched.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

/// Eight threads for tests of threads, on the CPUs that this process may use: the EAL refuses any
/// other.
std::string lcores() {
  constexpr unsigned threads = 8;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  if (cpus.empty()) cpus.push_back(0);
  std::string text = "--lcores=";
  for (unsigned i = 0; i < threads; ++i)
    text += (i > 0 ? "," : "") + std::to_string(i) + "@" + std::to_string(cpus[i % cpus.size()]);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::string arguments[] = {"test",        "--no-huge",         "--no-pci",
                             "--no-shconf", "--no-telemetry",    "-m",
                             "256",         "--log-level=error", lcores()};
  char* eal[std::size(arguments)];
  for (std::size_t i = 0; i < std::size(arguments); ++i) eal[i] = arguments[i].data();
  if (rte_eal_init(static_cast<int>(std::size(arguments)), eal) < 0) {
    std::fprintf(stderr, "cannot start the EAL\n");
    return 1;
  }
  const int result = RUN_ALL_TESTS();
  rte_eal_cleanup();
  return result;
}
