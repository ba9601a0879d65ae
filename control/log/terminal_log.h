#pragma once
// The log of a router at whose terminal somebody types: lines wait until the prompt fetches them.

#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>

namespace spillway {

/// Writes to standard error like any log, but not between `hold` and `release`. Never waits for the
/// terminal in between: what is not fetched in time is lost, and counted. Thread contract: any.
class TerminalLog : public spdlog::sinks::base_sink<std::mutex> {
 public:
  static constexpr std::size_t kMost = 256 * 1024;  ///< bytes that wait

  /// Throws std::runtime_error when the system has no descriptors left.
  TerminalLog();
  ~TerminalLog() override;
  TerminalLog(const TerminalLog&) = delete;
  TerminalLog& operator=(const TerminalLog&) = delete;

  void hold();
  /// Writes what still waits.
  void release();
  /// Readable when lines wait, or after `ring`.
  int bell() const { return bell_; }
  void ring() const;
  /// Takes the lines that wait, and silences the bell.
  std::string fetch();

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

 private:
  std::string take();

  int bell_;
  bool held_ = false;
  std::string waiting_;
  std::size_t lost_ = 0;
};

}  // namespace spillway
