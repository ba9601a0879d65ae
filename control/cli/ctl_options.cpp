#include "control/cli/ctl_options.h"

#include <algorithm>

namespace spillway {
namespace {

using Kind = CtlOptions::Kind;

/// Goes through the options, which may take the word behind them.
class OptionReader {
 public:
  explicit OptionReader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  void read_into(CtlOptions& options) {
    while (at_ < arguments_.size() && arguments_[at_].starts_with('-')) read_one(options);
    for (; at_ < arguments_.size(); ++at_)
      options.command += (options.command.empty() ? "" : " ") + arguments_[at_];
  }

 private:
  void read_one(CtlOptions& options) {
    const std::string& word = arguments_[at_++];
    if (word == "--socket" || word == "-s") {
      options.socket = value_of(word, "PATH");
    } else if (word == "--file" || word == "-f") {
      options.kind = Kind::file;
      options.file = value_of(word, "FILE");
    } else if (word == "--keep-going" || word == "-k") {
      options.keep_going = true;
    } else if (word == "--help" || word == "-h") {
      options.kind = Kind::help;
    } else if (word == "--version" || word == "-V") {
      options.kind = Kind::version;
    } else {
      throw CtlUsageError("found \"" + word +
                          "\"; allowed: --socket, --file, --keep-going, --help, --version, or a "
                          "command");
    }
  }

  std::string value_of(const std::string& option, const char* form) {
    if (at_ == arguments_.size() || arguments_[at_].empty())
      throw CtlUsageError(option + " " + form + ": nothing stands there");
    return arguments_[at_++];
  }

  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
};

}  // namespace

CtlOptions parse_ctl_options(const std::vector<std::string>& arguments) {
  CtlOptions options;
  OptionReader(arguments).read_into(options);
  if (options.command.empty() || options.kind == Kind::help || options.kind == Kind::version)
    return options;
  if (options.kind == Kind::file)
    throw CtlUsageError("found the command \"" + options.command +
                        "\" beside --file; allowed: one of the two");
  if (options.command.find('\n') != std::string::npos)
    throw CtlUsageError("a command is one line; --file - takes several");
  options.kind = Kind::command;
  return options;
}

std::string ctl_help_text() {
  return "Talks to a running spillway.\n\n"
         "usage: spillwayctl [--socket PATH] COMMAND     one command, as: show uplinks\n"
         "       spillwayctl [--socket PATH] -f FILE     commands from a file, one a line\n"
         "       spillwayctl [--socket PATH]             a prompt, or commands from a pipe\n\n"
         "  -s, --socket PATH   of the router (default: /run/spillway.sock)\n"
         "  -f, --file FILE     -: standard input; # begins a comment\n"
         "  -k, --keep-going    also after a command of the file that is refused\n"
         "  -h, --help          this text; `spillwayctl help` lists the router's commands\n"
         "  -V, --version       print the version\n\n"
         "Behind a show command:\n"
         "  --watch [SECONDS]   again and again, every 2 s unless told, until Ctrl-C\n"
         "  --count N           so many times\n\n"
         "Words may be written short where they have one meaning: sh upl.\n"
         "Exit codes: 0 done; 1 the router refused; 2 usage, or no router.\n";
}

}  // namespace spillway
