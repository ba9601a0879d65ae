#include "control/console/console.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <stdexcept>
#include <utility>

#include "control/cli/prompt.h"
#include "control/socket/command_client.h"

namespace spillway {
namespace {

/// Signals are the control core's matter; threads inherit who takes none.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

void Console::require_terminal() {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)
    throw std::runtime_error("--interactive: standard input and output must be a terminal");
}

Console::Console(std::string socket, std::shared_ptr<TerminalLog> log) : log_(std::move(log)) {
  log_->hold();
  const NoSignals inherited;
  thread_ = std::thread([this, own = std::move(socket)] { talk(own); });
}

Console::~Console() {
  over_ = true;
  log_->ring();
  thread_.join();
}

void Console::talk(const std::string& socket) {
  Prompt::End end = Prompt::End::sent_off;
  try {
    const Background background{log_->bell(), [this] { return log_->fetch(); },
                                [this] { return over_.load(); }};
    end = Prompt({.socket = socket, .history = history_file(), .background = background}).run();
    if (end == Prompt::End::quit) ask_router(socket, "shutdown");
  } catch (const std::exception& e) {
    spdlog::error("the prompt: {}", e.what());
  }
  log_->release();
  if (end == Prompt::End::hung_up) spdlog::warn("the terminal is gone; the router goes on");
}

}  // namespace spillway
