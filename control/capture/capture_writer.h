#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "control/capture/capture_store.h"
#include "control/capture/pcapng_writer.h"

namespace spillway {

/// When a capture ends by itself.
struct CaptureLimits {
  std::uint64_t packets = 0;  ///< 0: any number
  std::uint64_t bytes = 0;    ///< of the file
};

/// Opens a file for a capture: one that is not there yet, for its owner alone. Throws
/// std::runtime_error.
File create_capture_file(const std::string& path);

/// Writes what workers have caught, in a thread of its own: a slow disk holds up neither them nor
/// the control core. Thread contract: control only.
class CaptureWriter {
 public:
  /// `ports`: their names by PortIndex. `wall_minus_clock` turns workers' times into nanoseconds
  /// since 1970.
  CaptureWriter(std::shared_ptr<CaptureStore> store, File file, const std::string& path,
                const std::vector<std::string>& ports, const CaptureLimits& limits,
                std::int64_t wall_minus_clock);
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  std::uint64_t packets() const noexcept { return packets_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  /// Whether a limit is reached, or the file cannot take more.
  bool is_full() const noexcept { return full_.load(std::memory_order_acquire); }
  /// Writes what is still there and closes the file. Returns what went wrong, or nothing. Call it
  /// when workers have stopped.
  std::string finish();

 private:
  void run();
  bool write_some();
  bool write(const CapturedFrame& frame);

  std::shared_ptr<CaptureStore> store_;
  PcapngWriter out_;
  CaptureLimits limits_;
  std::int64_t wall_minus_clock_;
  std::atomic<std::uint64_t> packets_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<bool> full_{false};
  std::atomic<bool> stopping_{false};
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace spillway
