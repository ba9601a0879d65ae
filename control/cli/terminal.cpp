#include "control/cli/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>

namespace spillway {
namespace {

constexpr std::array kFatal{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// For the handler of a crash, which can be given nothing.
int g_terminal = -1;
termios g_before{};

void restore() {
  if (g_terminal >= 0) tcsetattr(g_terminal, TCSANOW, &g_before);
}

/// Its action is the usual one again already (SA_RESETHAND), so the process ends by the signal.
extern "C" void restore_and_die(int signal) {
  restore();
  raise(signal);
}

void set_fatal_handlers(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  for (const int signal : kFatal) sigaction(signal, &action, nullptr);
}

}  // namespace

KeyMode::KeyMode(int terminal) : terminal_(terminal) {
  termios keys{};
  if (tcgetattr(terminal, &g_before) != 0)
    throw std::runtime_error(std::string("standard input is no terminal: ") + std::strerror(errno));
  keys = g_before;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  g_terminal = terminal;
  set_fatal_handlers(restore_and_die, static_cast<int>(SA_RESETHAND));
  tcsetattr(terminal_, TCSANOW, &keys);
}

KeyMode::~KeyMode() {
  restore();
  // After a Ctrl-S who writes next would wait for a Ctrl-Q; TCOON alone undoes only TCOOFF.
  tcflow(terminal_, TCOOFF);
  tcflow(terminal_, TCOON);
  g_terminal = -1;
  set_fatal_handlers(SIG_DFL, 0);
}

// Opened anew: the flag of the inherited one is shared with the shell and whoever else has it.
TerminalWriter::TerminalWriter(int terminal, std::function<bool()> over)
    : own_(open(("/proc/self/fd/" + std::to_string(terminal)).c_str(),
                O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)),
      over_(std::move(over)) {
  if (own_ < 0) own_ = dup(terminal);
}

TerminalWriter::~TerminalWriter() {
  close(own_);
}

void TerminalWriter::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(own_, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return;
    constexpr int kLook = 100;  // milliseconds
    pollfd room{own_, POLLOUT, 0};
    if (poll(&room, 1, kLook) == 0 && over_()) return;
  }
}

}  // namespace spillway
