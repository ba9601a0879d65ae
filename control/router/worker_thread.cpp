#include "control/router/worker_thread.h"

#include <rte_launch.h>
#include <rte_lcore.h>
#include <sched.h>

#include <stdexcept>
#include <string>

namespace spillway {
namespace {

/// Empty iterations after which others on the same CPU get their turn. On a CPU of its own this
/// costs an idle worker nothing but a short system call.
constexpr unsigned kIdleBeforeYield = 64;

}  // namespace

void WorkerThread::start(unsigned lcore) {
  lcore_ = lcore;
  if (rte_eal_remote_launch(entry, this, lcore) != 0)
    throw std::runtime_error("lcore " + std::to_string(lcore) + " is busy already");
  started_ = true;
}

void WorkerThread::stop() noexcept {
  if (!started_) return;
  stopping_.store(true, std::memory_order_relaxed);
  rte_eal_wait_lcore(lcore_);
  iterations();  // what it did last is to be seen here
  started_ = false;
}

int WorkerThread::entry(void* self) {
  static_cast<WorkerThread*>(self)->run();
  return 0;
}

void WorkerThread::run() noexcept {
  unsigned idle = 0;
  std::uint64_t iterations = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    idle = worker_.poll(clock_.now()) > 0 ? 0 : idle + 1;
    iterations_.store(++iterations, std::memory_order_release);
    if (idle >= kIdleBeforeYield) sched_yield();
  }
  iterations_.store(iterations, std::memory_order_release);
}

}  // namespace spillway
