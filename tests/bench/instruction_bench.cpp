// A fixed amount of work for callgrind, which counts the instructions of Pipeline::process in it:
// the same every time, whatever else the machine does. usage: instruction_bench CASE BURSTS

#include <rte_eal.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "tests/bench/bench_router.h"

namespace {

using namespace spillway::bench;

constexpr std::uint32_t kConnections = 1024;

void work(const std::string& name, std::uint32_t bursts) {
  if (name == "open") {
    BenchRouter(bursts * static_cast<std::uint32_t>(spillway::kBurst), Mix::udp64).open_all();
    return;
  }
  BenchRouter router(kConnections, name == "tcp64" ? Mix::tcp64 : Mix::udp64);
  router.open_all();
  if (name == "scan")
    router.scanned(bursts);
  else if (name == "udp64" || name == "tcp64")
    router.established(bursts);
  else
    throw std::runtime_error("no case \"" + name + "\"; allowed: open, scan, tcp64, udp64");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: instruction_bench open|scan|tcp64|udp64 BURSTS\n", stderr);
    return 2;
  }
  std::array<std::string, 9> arguments = {"bench", "--no-huge", "--no-pci", "--no-shconf",   "-m",
                                          "256",   "-l",        "0",        "--no-telemetry"};
  std::array<char*, arguments.size()> eal{};
  for (std::size_t i = 0; i < eal.size(); ++i) eal[i] = arguments[i].data();
  if (rte_eal_init(static_cast<int>(eal.size()), eal.data()) < 0) return 1;
  try {
    work(argv[1], static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "instruction_bench: %s\n", e.what());
    return 1;
  }
  rte_eal_cleanup();
}
