#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace spillway::replay {

/// A line on a terminal that says how far a replay is; nothing when `out` is no terminal. Thread
/// contract: one thread.
class Progress {
 public:
  Progress(std::FILE* out, bool wanted, std::uint64_t frames);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::uint64_t frames, double router_seconds);
  /// Takes the line away.
  void finish();

 private:
  std::FILE* out_;
  bool shown_;
  std::uint64_t frames_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace spillway::replay
