// Talks to a running router. Exit codes: 0 done; 1 the router refused; 2 usage, or no router.

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "control/cli/batch.h"
#include "control/cli/ctl_options.h"
#include "control/cli/prompt.h"
#include "control/cli/session.h"

namespace spillway {
namespace {

enum ExitCode : int { kDone = 0, kRefused = 1, kUsage = 2 };

void print(bool good, std::string_view text) {
  std::FILE* stream = good ? stdout : stderr;
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

/// A descriptor that becomes readable when one of the signals has come; they do nothing else then.
int hold_back(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// True when a signal has come; they are not taken away, so that everybody who asks is told.
bool came(int signals) {
  pollfd state{signals, POLLIN, 0};
  return poll(&state, 1, 0) > 0;
}

int run_command(const CtlOptions& options) {
  const Session session(options.socket, isatty(STDOUT_FILENO) != 0);
  Interruption interruption;
  // A watch ends well by Ctrl-C; all else ends by the signal itself.
  if (options.command.find("--watch") != std::string::npos) {
    interruption.descriptor = hold_back({SIGINT, SIGTERM});
    interruption.asked = [] { return true; };
  }
  const Outcome outcome = session.obey(options.command, print, interruption);
  return outcome == Outcome::refused ? kRefused : kDone;
}

int run_lines(const CtlOptions& options, std::istream& input, const std::string& name) {
  const Session session(options.socket, false);
  return run_batch(input, {name, options.keep_going}, session, print) ? kDone : kRefused;
}

int run_file(const CtlOptions& options) {
  if (options.file == "-") return run_lines(options, std::cin, "standard input");
  std::ifstream input(options.file);
  if (!input || input.peek() == std::ifstream::traits_type::eof()) {
    if (input.eof() && !input.bad()) return kDone;  // an empty file
    throw std::runtime_error(options.file + ": cannot be read");
  }
  return run_lines(options, input, options.file);
}

int run_prompt(const CtlOptions& options) {
  ask_router(options.socket, "help");  // says at once when there is none
  const int signals = hold_back({SIGTERM, SIGHUP});
  PromptSettings settings;
  settings.socket = options.socket;
  settings.history = history_file();
  settings.background = {signals, nullptr, [signals] { return came(signals); }};
  Prompt(std::move(settings)).run();
  return kDone;
}

int run(const CtlOptions& options) {
  switch (options.kind) {
    case CtlOptions::Kind::help:
      print(true, ctl_help_text());
      return kDone;
    case CtlOptions::Kind::version:
      print(true, "spillwayctl " SPILLWAY_VERSION "\n");
      return kDone;
    case CtlOptions::Kind::command:
      return run_command(options);
    case CtlOptions::Kind::file:
      return run_file(options);
    case CtlOptions::Kind::input:
      break;
  }
  if (isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) return run_prompt(options);
  return run_lines(options, std::cin, "standard input");
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  try {
    return spillway::run(spillway::parse_ctl_options({argv + 1, argv + argc}));
  } catch (const spillway::CtlUsageError& e) {
    std::cerr << "spillwayctl: " << e.what() << "; see --help\n";
  } catch (const std::exception& e) {
    std::cerr << "spillwayctl: " << e.what() << "\n";
  }
  return spillway::kUsage;
}
