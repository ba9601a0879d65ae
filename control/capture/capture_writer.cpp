#include "control/capture/capture_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace spillway {
namespace {

constexpr std::chrono::milliseconds kNap{1};

}  // namespace

File create_capture_file(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
  File file(fdopen(fd, "wb"));
  if (!file) {
    close(fd);
    throw std::runtime_error(path + ": " + std::strerror(errno));
  }
  return file;
}

CaptureWriter::CaptureWriter(std::shared_ptr<CaptureStore> store, File file,
                             const std::string& path, const std::vector<std::string>& ports,
                             const CaptureLimits& limits, std::int64_t wall_minus_clock)
    : store_(std::move(store)),
      out_(std::move(file), path, ports, store_->order().most),
      limits_(limits),
      wall_minus_clock_(wall_minus_clock),
      bytes_(out_.bytes()),
      thread_([this] { run(); }) {}

CaptureWriter::~CaptureWriter() {
  finish();
}

std::string CaptureWriter::finish() {
  if (finished_) return "";
  finished_ = true;
  stopping_.store(true, std::memory_order_release);
  thread_.join();
  try {
    out_.close();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

void CaptureWriter::run() {
  bool stopping = false;
  while (!stopping) {
    // Asked first: what came before the word to stop is written.
    stopping = stopping_.load(std::memory_order_acquire);
    if (write_some()) {
      stopping = false;
      continue;
    }
    out_.flush();
    if (!stopping) std::this_thread::sleep_for(kNap);
  }
}

/// False when there was nothing.
bool CaptureWriter::write_some() {
  constexpr int most = 256;
  bool any = false;
  for (std::size_t worker = 0; worker < store_->workers(); ++worker) {
    for (int i = 0; i < most; ++i) {
      CapturedFrame* frame = store_->take(worker);
      if (frame == nullptr) break;
      any = true;
      if (!is_full() && !write(*frame)) full_.store(true, std::memory_order_release);
      store_->give_back(worker, frame);
    }
  }
  return any;
}

/// False when it was the last one.
bool CaptureWriter::write(const CapturedFrame& frame) {
  using Direction = PcapngPacket::Direction;
  const auto time = std::chrono::nanoseconds(frame.time.time_since_epoch()).count();
  out_.write({.time_ns = time + wall_minus_clock_,
              .bytes = {frame.bytes(), frame.kept},
              .length = frame.length,
              .interface = static_cast<std::uint32_t>(index_of(frame.port)),
              .direction = frame.sent ? Direction::sent : Direction::received});
  bytes_.store(out_.bytes(), std::memory_order_relaxed);
  const std::uint64_t written = packets_.load(std::memory_order_relaxed) + 1;
  packets_.store(written, std::memory_order_relaxed);
  const bool enough = (limits_.packets > 0 && written >= limits_.packets) ||
                      (limits_.bytes > 0 && out_.bytes() >= limits_.bytes);
  return out_.good() && !enough;
}

}  // namespace spillway
