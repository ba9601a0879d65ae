#pragma once
// How the words of a line lead through the words of the commands: unique beginnings will do.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace spillway {

/// The words of a line or of a command, in order.
using WordList = std::vector<std::string>;

/// White space parts them.
WordList split_words(const std::string& line);

/// What a command looks like to a line. Thread contract: any.
struct CommandShape {
  WordList words;
  bool takes_arguments = false;
};

/// As far as a line leads. Thread contract: any.
struct CommandPath {
  std::optional<std::size_t> command;  ///< position of the longest one whose words all stand there
  std::size_t own = 0;                 ///< how many words of the line are its
  std::size_t depth = 0;               ///< how many words of the line are words of some command
  std::vector<std::size_t> beyond;     ///< positions of the commands that begin with those
  WordList meant;                      ///< the word at `depth` is the beginning of all of these
};

/// Follows `line` word by word. A word means the one it equals, or the only one it begins, or, of
/// several, the only one behind which the next word makes sense: `sh upl` where there are `show
/// uplinks` and `shutdown`. Behind a command that takes arguments only a whole word leads on: the
/// beginning of one may be an argument. `unfinished` is the beginning of one more word.
CommandPath follow(const WordList& line, const std::vector<CommandShape>& commands,
                   const std::string& unfinished = {});

/// What stands at `depth` in those of the commands that are longer, each word once, in order.
WordList words_at(const std::vector<std::size_t>& among, std::size_t depth,
                  const std::vector<CommandShape>& commands);

/// "a, b, c"
std::string joined(const WordList& words);

}  // namespace spillway
