#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>

#include "tests/bench/bench_router.h"
#include "tests/bench/cases.h"

namespace spillway::bench {

namespace {

/// Routers that share nothing but the machine, one for each lcore.
class Team {
 public:
  explicit Team(std::uint32_t connections) {
    for (unsigned id = 0; id < rte_lcore_count(); ++id)
      routers_.push_back(std::make_unique<BenchRouter>(connections, Mix::udp64, id));
    clocks_.resize(routers_.size());
    for (const auto& router : routers_) router->open_all();
  }

  std::size_t size() const { return routers_.size(); }
  double alone() { return routers_.front()->established(kBursts); }
  /// Clocks for a packet, of each at the same time.
  double together() {
    waiting_ = static_cast<unsigned>(size());
    failed_ = false;
    rte_eal_mp_remote_launch(entry, this, CALL_MAIN);
    rte_eal_mp_wait_lcore();
    if (failed_) throw std::runtime_error("a packet of one of the workers was lost");
    return std::accumulate(clocks_.begin(), clocks_.end(), 0.0) / static_cast<double>(size());
  }

 private:
  static int entry(void* self) {
    static_cast<Team*>(self)->work(static_cast<std::size_t>(rte_lcore_index(-1)));
    return 0;
  }
  void work(std::size_t id) {
    --waiting_;
    while (waiting_ > 0) rte_pause();
    try {
      clocks_[id] = routers_[id]->established(kBursts);
    } catch (const std::exception&) {
      failed_ = true;
    }
  }

  std::vector<std::unique_ptr<BenchRouter>> routers_;
  std::vector<double> clocks_;
  std::atomic<unsigned> waiting_ = 0;
  std::atomic<bool> failed_ = false;
};

}  // namespace

void parallel(const Run& run) {
  Team team(run.connections);
  if (team.size() < 2) throw std::runtime_error("two lcores are needed: -l 0,1");
  team.together();
  std::vector<double> per_cent;
  for (unsigned i = 0; i < run.rounds; ++i) {
    const double alone = team.alone();
    per_cent.push_back(alone / team.together() * 100);
  }
  print(("parallel-" + std::to_string(team.size())).c_str(), run.connections, per_cent);
}

}  // namespace spillway::bench
