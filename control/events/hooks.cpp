#include "control/events/hooks.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cctype>
#include <cerrno>
#include <cstring>

namespace spillway {
namespace {

/// What a command gets of ours: nothing but the way to other commands.
std::vector<std::string> base_environment() {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry)
    for (const char* name : {"PATH=", "HOME=", "LANG=", "TZ="})
      if (std::strncmp(*entry, name, std::strlen(name)) == 0) kept.emplace_back(*entry);
  return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
  return std::string("killed by ") + strsignal(WTERMSIG(status));
}

/// In a process group of its own, so that its children end with it.
int spawn(const std::string& command, std::vector<std::string> environment, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  // Ports and companions are open files too: none may outlive the router in a command's hands.
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&attributes, &all);
  std::vector<std::string> arguments = {"sh", "-c", command};
  const int error = posix_spawn(&pid, "/bin/sh", &files, &attributes, pointers(arguments).data(),
                                pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

int open_pid(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

/// As names of variables are.
std::string upper(std::string name) {
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    c = std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return name;
}

}  // namespace

/// A command under way.
class Hooks::Run {
 public:
  /// `pid_file` is a pidfd of the process `pid`, and ours from here on.
  Run(Hooks& owner, const config::Hook& hook, pid_t pid, int pid_file)
      : owner_(owner),
        hook_(hook),
        pid_(pid),
        ended_(owner.loop_, pid_file),
        deadline_(owner.loop_) {}
  ~Run() {
    if (pid_ == 0) return;
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void watch() {
    deadline_.expires_after(hook_.timeout);
    deadline_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      late_ = true;
      kill(-pid_, SIGKILL);
    });
    ended_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](const boost::system::error_code& error) {
                        if (!error) finish();
                      });
  }

 private:
  void finish() {
    int status = 0;
    waitpid(pid_, &status, 0);
    // What it left behind in its group ends with it.
    kill(-pid_, SIGKILL);
    pid_ = 0;
    deadline_.cancel();
    if (late_)
      owner_.on_failure_(hook_.command,
                         "took longer than " + std::to_string(hook_.timeout.count()) + " ms");
    else if (status != 0)
      owner_.on_failure_(hook_.command, how_it_ended(status));
    owner_.ended(this);  // the last word: this run is gone
  }

  Hooks& owner_;
  config::Hook hook_;
  pid_t pid_;
  boost::asio::posix::stream_descriptor ended_;
  boost::asio::steady_timer deadline_;
  bool late_ = false;
};

Hooks::Hooks(boost::asio::io_context& loop, OnFailure on_failure)
    : loop_(loop), on_failure_(std::move(on_failure)) {}

Hooks::~Hooks() = default;

void Hooks::hear(const Event& event) {
  for (const config::Hook& hook : hooks_) {
    if (hook.on != name_of(event.kind)) continue;
    if (!hook.subject.empty() && hook.subject != event.subject) continue;
    if (waiting_.size() == kWaiting) {
      on_failure_(hook.command, "too many are waiting already: not run");
      continue;
    }
    waiting_.push_back({hook, environment_of(event)});
  }
  start_waiting();
}

void Hooks::start_waiting() {
  while (!waiting_.empty() && running_.size() < kAtOnce) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    start(next);
  }
}

void Hooks::start(const Waiting& next) {
  std::vector<std::string> environment = base_environment();
  environment.insert(environment.end(), next.environment.begin(), next.environment.end());
  pid_t pid = 0;
  if (const int error = spawn(next.hook.command, std::move(environment), pid); error != 0) {
    on_failure_(next.hook.command, std::strerror(error));
    return;
  }
  const int pid_file = open_pid(pid);
  if (pid_file < 0) {
    on_failure_(next.hook.command, std::string("cannot be watched: ") + std::strerror(errno));
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return;
  }
  running_.push_back(std::make_unique<Run>(*this, next.hook, pid, pid_file));
  running_.back()->watch();
}

void Hooks::ended(const Run* run) {
  std::erase_if(running_, [run](const auto& r) { return r.get() == run; });
  start_waiting();
}

std::vector<std::string> environment_of(const Event& event) {
  std::vector<std::string> environment = {
      "SPILLWAY_EVENT=" + std::string(name_of(event.kind)),
      "SPILLWAY_NUMBER=" + std::to_string(event.number),
      "SPILLWAY_TIME_MS=" + std::to_string(event.wall_ms),
      "SPILLWAY_SUBJECT=" + event.subject,
      "SPILLWAY_TEXT=" + event.text,
  };
  for (const auto& [name, value] : event.facts)
    environment.push_back("SPILLWAY_" + upper(name) + "=" + value);
  return environment;
}

}  // namespace spillway
