// What the last word of a line can become; for the Tab key and shells.

#include <algorithm>

#include "control/commands/command_table.h"

namespace spillway {
namespace {

/// The options that a command's arguments name for people: "[N] [--json]" has "--json".
WordList options_in(const std::string& arguments) {
  WordList options;
  for (std::string word : split_words(arguments)) {
    std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
    if (word.starts_with("--")) options.push_back(word);
  }
  return options;
}

/// Takes the word away that is still being written; empty when the line ends with a space.
std::string take_unfinished(WordList& words, const std::string& line) {
  const bool finished = line.empty() || std::isspace(static_cast<unsigned char>(line.back())) != 0;
  if (words.empty() || finished) return {};
  std::string last = std::move(words.back());
  words.pop_back();
  return last;
}

/// The argument words of `command` that are not there yet.
WordList arguments_for(const CommandTable::Command& command, const WordList& there) {
  WordList choices = command.behind ? command.behind() : WordList();
  for (const std::string& option : options_in(command.arguments))
    if (std::find(choices.begin(), choices.end(), option) == choices.end())
      choices.push_back(option);
  std::erase_if(choices, [&](const std::string& word) {
    return std::find(there.begin(), there.end(), word) != there.end();
  });
  return choices;
}

}  // namespace

std::string CommandTable::complete(const std::string& line) const {
  WordList words = split_words(line);
  const std::string unfinished = take_unfinished(words, line);
  const CommandPath path = follow(words, shapes_, unfinished);
  std::string text;
  if (path.depth == words.size())
    for (const std::string& word : words_at(path.beyond, path.depth, shapes_))
      if (word.starts_with(unfinished)) text += word + "\t" + what_for(path, word) + "\n";
  if (!path.command || path.meant.size() > 1) return text;
  const Command& command = commands_[*path.command];
  const auto own = static_cast<std::ptrdiff_t>(path.own);
  for (const std::string& word : arguments_for(command, {words.begin() + own, words.end()}))
    if (word.starts_with(unfinished)) text += word + "\t\n";
  if (unfinished.empty() && path.own == words.size())
    text +=
        "\t" + command.arguments + (command.arguments.empty() ? "" : "  ") + command.help + "\n";
  return text;
}

/// The help of the command that ends with `word`, or the words that may follow.
std::string CommandTable::what_for(const CommandPath& path, const std::string& word) const {
  std::vector<std::size_t> with_it;
  for (const std::size_t i : path.beyond)
    if (shapes_[i].words.size() > path.depth && shapes_[i].words[path.depth] == word)
      with_it.push_back(i);
  for (const std::size_t i : with_it)
    if (shapes_[i].words.size() == path.depth + 1) return commands_[i].help;
  return joined(words_at(with_it, path.depth + 1, shapes_));
}

}  // namespace spillway
