// Runs tests that need an EAL: no hugepages, no devices, nothing shared with other processes.

#include <gtest/gtest.h>
#include <rte_eal.h>
#include <sched.h>

#include <cstdio>
#include <string>

namespace {

/// The first CPU that this process may use: the EAL refuses any other.
std::string first_cpu() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  int cpu = 0;
  while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &allowed)) ++cpu;
  return std::to_string(cpu);
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // A second thread for tests of threads; two share the CPU.
  std::string lcores = "--lcores=0@" + first_cpu() + ",1@" + first_cpu();
  std::string arguments[] = {"test",        "--no-huge",         "--no-pci",
                             "--no-shconf", "--no-telemetry",    "-m",
                             "256",         "--log-level=error", lcores};
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
