#pragma once
// What a router can be told by its control socket: each command with its words, its help and what
// it does. Groups of commands live in files of their own and add themselves to a table.

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "control/socket/command_server.h"

namespace spillway {

/// A line that cannot be obeyed; says what was found and what is allowed.
class CommandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What stands behind a command's own words. A handler takes what it knows; what is left at the end
/// is an error. Thread contract: one thread.
class Arguments {
 public:
  explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {}

  /// Whether `word` stands there; takes it away.
  bool flag(std::string_view word);
  /// The first word there, taken away.
  std::optional<std::string> word();
  /// The word behind `name`, both taken away. Throws CommandError when none stands behind it.
  std::optional<std::string> after(std::string_view name);
  /// The first number there, taken away. Throws CommandError when it is not in the range.
  std::optional<std::uint64_t> number(std::uint64_t least, std::uint64_t most);
  /// Throws CommandError when something is left; `allowed` says what there may be.
  void finish(std::string_view allowed) const;

 private:
  std::vector<std::string> words_;
};

/// Who may give a command.
enum class Rights : std::uint8_t {
  look,    ///< it changes nothing
  change,  ///< the router, or what it does with packets
};

/// Thread contract: control only.
class CommandTable {
 public:
  using Handler = std::function<Answer(Arguments&)>;
  using Words = std::function<std::vector<std::string>()>;

  struct Command {
    std::string words;      ///< "show events"
    std::string arguments;  ///< "[N] [--json]", for people; may be empty
    std::string help;       ///< what it does, in a few words
    Handler handler;        ///< may throw CommandError
    Rights rights = Rights::look;
    Words behind = nullptr;  ///< what may stand behind its words, for completion; may be null
  };

  void add(Command command);
  /// The command whose words the line begins with; of several the longest.
  Answer obey(const std::string& line) const;
  /// All commands, a line each.
  std::string help() const;

 private:
  const Command* find(const std::vector<std::string>& words) const;

  std::vector<Command> commands_;
};

}  // namespace spillway
