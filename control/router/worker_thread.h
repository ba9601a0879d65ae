#pragma once

#include <atomic>
#include <cstdint>

#include "control/router/idle_wait.h"
#include "control/router/tsc_clock.h"
#include "dataplane/path/worker.h"

namespace spillway {

/// Of the iterations that found something to do: how many, how long they took, what they took in.
/// The worker writes, anyone may read.
struct WorkerLoad {
  Counter iterations;
  Counter nanoseconds;
  Counter packets;
};

/// Polls a worker on an lcore of its own, from `start` to `stop`. Thread contract: control only.
class WorkerThread {
 public:
  WorkerThread(Worker& worker, const TscClock& clock, config::Idle idle = config::Idle::poll)
      : worker_(worker), clock_(clock), idle_(idle) {}
  ~WorkerThread() { stop(); }
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  /// Throws std::runtime_error when the lcore is busy.
  void start(unsigned lcore);
  /// Returns when the last iteration is over.
  void stop() noexcept;

  /// Iterations so far: stands still when the worker does. All that they did is seen afterwards.
  std::uint64_t iterations() const noexcept { return iterations_.load(std::memory_order_acquire); }
  const WorkerLoad& load() const noexcept { return load_; }
  /// Router time in iterations that found something to do.
  RouterClock::duration busy() const noexcept {
    return std::chrono::nanoseconds(load_.nanoseconds.get());
  }
  unsigned lcore() const noexcept { return lcore_; }

 private:
  static int entry(void* self);
  void run() noexcept;
  void note(RouterClock::duration took, std::uint32_t done) noexcept;

  Worker& worker_;
  const TscClock& clock_;
  IdleWait idle_;
  unsigned lcore_ = 0;
  bool started_ = false;
  alignas(64) std::atomic<bool> stopping_{false};
  alignas(64) std::atomic<std::uint64_t> iterations_{0};
  WorkerLoad load_;
};

}  // namespace spillway
