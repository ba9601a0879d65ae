// Clocks on the packets' way, one case and number of connections a process; tests/bench/run.py
// interleaves them and takes medians. Prints `CASE CONNECTIONS VALUE LOWEST HIGHEST`, a line each.

#include <rte_eal.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "dataplane/path/connection_reader.h"
#include "dataplane/path/snapshot_cell.h"
#include "dataplane/path/worker.h"
#include "tests/bench/bench_router.h"
#include "tests/bench/cases.h"

namespace spillway::bench {
namespace {

void established(const Run& run, Mix mix, const char* name) {
  BenchRouter router(run.connections, mix);
  const double opened = router.open_all();
  router.established(kBursts);
  std::vector<double> figures;
  for (unsigned i = 0; i < run.rounds; ++i) figures.push_back(router.established(kBursts));
  print(name, run.connections, figures);
  if (mix != Mix::udp64) return;
  print("open", run.connections, {opened});
  print("bytes", run.connections, {router.bytes_per_connection()});
}

void close_down(const Run& run) {
  BenchRouter router(run.connections, Mix::tcp64);
  router.open_all();
  print("close", run.connections, {router.close_all()});
  print("expire", run.connections, {router.expire_all()});
}

void scan_ports(const Run& run) {
  BenchRouter router(run.connections, Mix::udp64);
  router.open_all();
  std::vector<double> figures;
  for (unsigned i = 0; i < run.rounds; ++i) figures.push_back(router.scanned(kBursts / 4));
  print("scan", run.connections, figures);
}

/// What something beside forwarding adds, in per cent of a packet's clocks: rounds with and without
/// it take turns, so that the machine's moods fall on both.
void compare(const char* name, BenchRouter& router, unsigned rounds,
             const std::function<void()>& beside) {
  router.established(kBursts);
  std::vector<double> per_cent;
  for (unsigned i = 0; i < rounds; ++i) {
    const double without = router.established_beside(kBursts, [] {});
    const double with = router.established_beside(kBursts, beside);
    per_cent.push_back((with / without - 1) * 100);
  }
  print(name, router.connections(), per_cent);
}

rte_ring* make_ring(const char* name, unsigned element, unsigned count) {
  rte_ring* ring = rte_ring_create_elem(name, element, count, SOCKET_ID_ANY, 0);
  if (ring == nullptr) throw std::runtime_error("no memory for a ring");
  return ring;
}

/// `show connections` over and over, all of them.
void beside_questions(const Run& run) {
  BenchRouter router(run.connections, Mix::udp64);
  router.open_all();
  QueryRings rings;
  rings.questions = make_ring("questions", sizeof(ConnectionQuery), 16);
  rings.rows[0] = make_ring("rows", sizeof(ConnectionRow), 256);
  ConnectionReader reader(rings);
  std::vector<ConnectionRow> rows(64);
  unsigned turns = 0;
  compare("beside-questions", router, run.rounds, [&] {
    ConnectionQuery query;
    if (!reader.is_asked()) rte_ring_enqueue_elem(rings.questions, &query, sizeof query);
    // As a worker does it; turns are full bursts.
    if (++turns % (Worker::kPacketsPerAnswer / kBurst) == 0)
      reader.step(router.pipeline(), kTimeoutsLinux, Worker::kAnswerBudget);
    // The control core's side, which has a CPU of its own: not often enough to count.
    if (turns % 64 == 0)
      rte_ring_dequeue_burst_elem(rings.rows[0], rows.data(), sizeof(ConnectionRow), 64, nullptr);
  });
}

/// Expiry finds half of the connections over, one after the other, as they are opened again.
void beside_expiry(const Run& run) {
  BenchRouter router(run.connections, Mix::udp64);
  router.open_all();
  compare("beside-expiry", router, run.rounds, [&] {
    router.pass(std::chrono::milliseconds(0));
    router.pipeline().expire(64);
  });
}

const std::map<std::string, std::function<void(const Run&)>> kCases = {
    {"udp64", [](const Run& run) { established(run, Mix::udp64, "udp64"); }},
    {"imix", [](const Run& run) { established(run, Mix::imix, "imix"); }},
    {"close", close_down},
    {"scan", scan_ports},
    {"questions", beside_questions},
    {"expiry", beside_expiry},
    {"avalanche", avalanche},
    {"rates", rates},
    {"parallel", parallel},
};

int usage() {
  std::fputs("usage: pipeline_bench EAL-OPTIONS -- CASE CONNECTIONS ROUNDS\ncases:", stderr);
  for (const auto& [name, run] : kCases) std::fprintf(stderr, " %s", name.c_str());
  std::fputs("\n", stderr);
  return 2;
}

}  // namespace
}  // namespace spillway::bench

int main(int argc, char** argv) {
  using namespace spillway::bench;
  const int eal = rte_eal_init(argc, argv);
  if (eal < 0 || argc - eal != 4) return usage();
  const auto found = kCases.find(argv[eal + 1]);
  if (found == kCases.end()) return usage();
  try {
    found->second({static_cast<std::uint32_t>(std::strtoul(argv[eal + 2], nullptr, 10)),
                   static_cast<unsigned>(std::strtoul(argv[eal + 3], nullptr, 10))});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "pipeline_bench: %s\n", e.what());
    return 1;
  }
}
