#pragma once
// A terminal at which somebody types.

#include <functional>
#include <string_view>

namespace spillway {

/// Gives keys at once and as they are, Ctrl-C too, from construction to destruction. One at a time
/// in a process: the terminal is put right even when that crashes. Thread contract: one thread.
class KeyMode {
 public:
  /// Throws std::runtime_error when `terminal` is none.
  explicit KeyMode(int terminal);
  ~KeyMode();
  KeyMode(const KeyMode&) = delete;
  KeyMode& operator=(const KeyMode&) = delete;

 private:
  int terminal_;
};

/// Writes to a terminal without ever waiting for it longer than somebody wants: one that was
/// stopped by Ctrl-S, or whose window hangs, holds up nothing. Thread contract: one thread.
class TerminalWriter {
 public:
  /// Asks `over` now and then while the terminal takes nothing; what is left is lost if it says so.
  TerminalWriter(int terminal, std::function<bool()> over);
  ~TerminalWriter();
  TerminalWriter(const TerminalWriter&) = delete;
  TerminalWriter& operator=(const TerminalWriter&) = delete;

  void write(std::string_view text);

 private:
  int own_;  ///< the same terminal, but with O_NONBLOCK for us alone
  std::function<bool()> over_;
};

}  // namespace spillway
