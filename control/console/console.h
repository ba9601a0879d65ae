#pragma once
// The prompt of a router that runs in the foreground.

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "control/log/terminal_log.h"

namespace spillway {

/// The same prompt as the remote control's, by the same socket, on a thread of its own: whatever
/// the terminal does, the control core does not wait for it. `quit` ends the router. When the
/// terminal goes away the router goes on. Thread contract: control only.
class Console {
 public:
  /// Throws std::runtime_error where nobody could type.
  static void require_terminal();

  /// `socket`: the router's own.
  Console(std::string socket, std::shared_ptr<TerminalLog> log);
  /// The terminal is as it was before.
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

 private:
  void talk(const std::string& socket);

  std::shared_ptr<TerminalLog> log_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace spillway
