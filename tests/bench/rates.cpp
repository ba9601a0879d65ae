#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/bench_router.h"
#include "tests/bench/cases.h"

namespace spillway::bench {
namespace {

/// Resident in ordinary pages, in KiB; proc(5) counts no hugepages there.
double resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0) return std::strtod(line.c_str() + 6, nullptr);
  return 0;
}

/// All that the process takes, in MiB.
double memory_mib() {
  double huge = 0;
  for (unsigned i = 0; rte_eal_has_hugepages() != 0 && i < rte_socket_count(); ++i) {
    rte_malloc_socket_stats stats{};
    if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &stats) == 0)
      huge += static_cast<double>(stats.heap_allocsz_bytes);
  }
  return huge / (1 << 20) + resident_kib() / 1024;
}

}  // namespace

void rates(const Run& run) {
  BenchRouter router(run.connections, Mix::udp64);
  print("hz", run.connections, {static_cast<double>(rte_get_tsc_hz())});
  print("establish", run.connections, {router.open_all()});
  print("validate", run.connections, {router.answer_all()});
  const std::uint32_t beyond = router.open_beyond(run.connections / 64 + 1000);
  print("capacity", run.connections, {static_cast<double>(run.connections) + beyond});
  print("memory", run.connections, {memory_mib()});
  print("evict", run.connections, {router.evict_all()});
}

void avalanche(const Run& run) {
  BenchRouter router(run.connections, Mix::udp64);
  router.open_all();
  const std::uint32_t living = run.connections / 2;
  router.keep_to(living);
  router.answer_all();
  // Longer than a connection lives that nobody has answered, shorter than the others do.
  router.pass(std::chrono::seconds(60));
  std::vector<double> figures;
  while (router.pipeline().connections().size() > living)
    figures.push_back(router.established_beside(8, [&] { router.pipeline().expire(64); }));
  print("avalanche", run.connections, std::move(figures));
}

}  // namespace spillway::bench
