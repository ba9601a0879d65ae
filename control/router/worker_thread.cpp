#include "control/router/worker_thread.h"

#include <rte_cpuflags.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>
#include <rte_power_intrinsics.h>
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include <stdexcept>
#include <string>

namespace spillway {
namespace {

/// What waiting depends on: the CPU's clock, and whether it can rest at the wish of a user.
struct Resting {
  std::uint64_t hz = rte_get_tsc_hz();
  bool by_cpu = false;

  Resting() noexcept {
    rte_cpu_intrinsics has{};
    rte_cpu_get_intrinsics_support(&has);
    by_cpu = has.power_pause != 0;
  }
};

/// In a state that takes less power where the CPU has one for user space (Intel's WAITPKG), or by
/// hints that at least leave more to the other thread of the core.
void pause_for(std::chrono::nanoseconds time, const Resting& resting) noexcept {
  const std::uint64_t end =
      rte_get_tsc_cycles() + resting.hz * static_cast<std::uint64_t>(time.count()) / 1'000'000'000u;
  if (resting.by_cpu && rte_power_pause(end) == 0) return;
  while (rte_get_tsc_cycles() < end) rte_pause();
}

void sleep_for(std::chrono::nanoseconds time) noexcept {
  const timespec duration{0, time.count()};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, nullptr);
}

void rest(const IdleWait::Wait& wait, const Resting& resting) noexcept {
  switch (wait.how) {
    case IdleWait::How::poll_on:
      return;
    case IdleWait::How::yield:
      // On a CPU of its own this costs an idle worker nothing but a short system call.
      sched_yield();
      return;
    case IdleWait::How::pause:
      pause_for(wait.time, resting);
      return;
    case IdleWait::How::sleep:
      sleep_for(wait.time);
      return;
  }
}

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

void WorkerThread::note(RouterClock::duration took, std::uint32_t done) noexcept {
  load_.iterations.add(1);
  load_.nanoseconds.add(static_cast<std::uint64_t>(took.count()));
  load_.packets.add(done);
}

void WorkerThread::run() noexcept {
  prctl(PR_SET_TIMERSLACK, 1UL);  // a short sleep shall not become a long one
  const Resting resting;
  std::uint64_t iterations = 0;
  TimePoint last = clock_.now();
  std::uint32_t done = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    const TimePoint now = clock_.now();
    // Who found something does not rest: all of the time since then was work.
    if (done > 0) note(now - last, done);
    last = now;
    done = worker_.poll(now);
    iterations_.store(++iterations, std::memory_order_release);
    rest(idle_.after(done), resting);
  }
  iterations_.store(iterations, std::memory_order_release);
}

}  // namespace spillway
