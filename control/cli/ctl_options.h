#pragma once
// The command line of spillwayctl.

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "control/socket/default_socket.h"

namespace spillway {

/// A command line that says nothing we can do; names what was found and what is allowed.
class CtlUsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct CtlOptions {
  enum class Kind : std::uint8_t { command, file, input, help, version };

  Kind kind = Kind::input;  ///< input: whatever standard input is, a terminal or not
  std::string socket = kDefaultSocket;
  std::string file;         ///< "-": standard input
  std::string command;      ///< one line
  bool keep_going = false;  ///< after a command of a file that is refused
};

/// `arguments` without the program's name; options end where the command begins. Throws
/// CtlUsageError. Thread contract: any.
CtlOptions parse_ctl_options(const std::vector<std::string>& arguments);

/// At most 24 lines of 80 columns.
std::string ctl_help_text();

}  // namespace spillway
