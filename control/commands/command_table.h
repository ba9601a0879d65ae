#pragma once
// What a router can be told by its control socket: each command with its words, its help and what
// it does. Groups of commands live in files of their own and add themselves to a table.

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/commands/command_path.h"
#include "control/socket/answer.h"

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
  explicit Arguments(std::vector<std::string> words, std::string as_written = {})
      : words_(std::move(words)), as_written_(std::move(as_written)) {}

  /// Whether `word` stands there; takes it away.
  bool flag(std::string_view word);
  /// The first word there, taken away.
  std::optional<std::string> word();
  /// The word behind `name`, both taken away. Throws CommandError when none stands behind it.
  std::optional<std::string> after(std::string_view name);
  /// The first number there, taken away. Throws CommandError when it is not in the range.
  std::optional<std::uint64_t> number(std::uint64_t least, std::uint64_t most);
  /// All words that are left, taken away.
  std::vector<std::string> rest() { return std::exchange(words_, {}); }
  /// All that stands behind the command and one space, byte by byte; takes nothing away.
  const std::string& as_written() const { return as_written_; }
  /// Throws CommandError when something is left; `allowed` says what there may be.
  void finish(std::string_view allowed) const;

 private:
  std::vector<std::string> words_;
  std::string as_written_;
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
  /// The command whose words the line begins with, or unique beginnings of them; of several the
  /// longest. One that needs more than what is granted is refused.
  Answer obey(const std::string& line, Rights granted = Rights::change) const;
  /// All commands that begin with these words, a line each. Throws CommandError when none does.
  std::string help(const std::vector<std::string>& first = {}) const;
  /// What the last word of `line`, which may be empty, can become: a line for each, the word, a
  /// tab, and what it is for. A line without a word tells how the command goes on that is there
  /// already.
  std::string complete(const std::string& line) const;

 private:
  static std::string help_of(const Command& command);
  Answer run(const Command& command, Arguments arguments, Rights granted) const;
  std::string why_not(const CommandPath& path, const std::vector<std::string>& words) const;
  std::string what_for(const CommandPath& path, const std::string& word) const;

  std::vector<Command> commands_;
  std::vector<CommandShape> shapes_;
};

}  // namespace spillway
