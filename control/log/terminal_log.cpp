#include "control/log/terminal_log.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace spillway {
namespace {

void write_out(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

TerminalLog::TerminalLog() : bell_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (bell_ < 0) throw std::runtime_error("no descriptor is left for the terminal's log");
}

TerminalLog::~TerminalLog() {
  close(bell_);
}

void TerminalLog::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void TerminalLog::release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  write_out(take());
}

void TerminalLog::ring() const {
  eventfd_write(bell_, 1);
}

std::string TerminalLog::fetch() {
  eventfd_t ignored = 0;
  eventfd_read(bell_, &ignored);
  const std::lock_guard lock(mutex_);
  return take();
}

std::string TerminalLog::take() {
  if (lost_ > 0) waiting_ += "(" + std::to_string(std::exchange(lost_, 0)) + " lines lost)\n";
  return std::exchange(waiting_, {});
}

void TerminalLog::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  if (!held_) return write_out({line.data(), line.size()});
  if (waiting_.size() + line.size() > kMost) {
    ++lost_;
    return;
  }
  waiting_.append(line.data(), line.size());
  ring();
}

void TerminalLog::flush_() {}

}  // namespace spillway
