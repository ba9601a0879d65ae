#pragma once
// The command line.

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "dataplane/net/addr.h"

namespace spillway {

/// A command line that says nothing we can do; the text names the option and what is allowed.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Command : std::uint8_t { run, check, replay, help, replay_help, version };
enum class ReplaySpeed : std::uint8_t { virtual_time, real, max };

struct Options {
  Command command = Command::run;
  std::string config_file;
  std::string socket;                      ///< of the running router; empty: the default
  bool interactive = false;                ///< a prompt at the terminal
  std::vector<std::string> eal_arguments;  ///< all after `--`

  // replay
  std::string capture;
  std::optional<std::string> out_dir;
  std::optional<std::string> html_file;
  ReplaySpeed speed = ReplaySpeed::virtual_time;
  double time_scale = 1;
  std::uint32_t rounds = 1;
  std::vector<Ipv4Prefix> lan_nets;
  bool json = false;
  bool progress = true;
};

/// `arguments` without the program's name. Throws UsageError.
Options parse_options(const std::vector<std::string>& arguments);

/// At most 24 lines of 80 columns each.
std::string help_text();
std::string replay_help_text();

}  // namespace spillway
