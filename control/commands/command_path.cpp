#include "control/commands/command_path.h"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace spillway {
namespace {

/// All that `word` may stand for.
WordList meanings(const std::string& word, const WordList& choices, bool whole_only) {
  if (std::find(choices.begin(), choices.end(), word) != choices.end()) return {word};
  WordList found;
  if (whole_only) return found;
  for (const std::string& choice : choices)
    if (choice.starts_with(word)) found.push_back(choice);
  return found;
}

/// Of several meanings at `path.depth` those behind which the line can go on as it does.
WordList that_go_on(const WordList& meanings, const CommandPath& path, const WordList& line,
                    const std::vector<CommandShape>& commands, const std::string& unfinished) {
  const bool last = path.depth + 1 == line.size();
  const std::string& next = last ? unfinished : line[path.depth + 1];
  if (meanings.size() < 2 || next.empty()) return meanings;
  WordList fit;
  for (const std::string& meaning : meanings) {
    const bool fits = std::any_of(path.beyond.begin(), path.beyond.end(), [&](std::size_t i) {
      const auto& [words, takes_arguments] = commands[i];
      if (words.size() <= path.depth || words[path.depth] != meaning) return false;
      const bool more = words.size() > path.depth + 1;
      return more ? words[path.depth + 1].starts_with(next) : takes_arguments;
    });
    if (fits) fit.push_back(meaning);
  }
  return fit.empty() ? meanings : fit;
}

/// The command that has no more words than `depth`, if there is one.
std::optional<std::size_t> ends_at(const CommandPath& path,
                                   const std::vector<CommandShape>& commands) {
  for (const std::size_t i : path.beyond)
    if (commands[i].words.size() == path.depth) return i;
  return std::nullopt;
}

}  // namespace

WordList split_words(const std::string& line) {
  std::istringstream stream(line);
  WordList words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

WordList words_at(const std::vector<std::size_t>& among, std::size_t depth,
                  const std::vector<CommandShape>& commands) {
  WordList words;
  for (const std::size_t i : among) {
    if (commands[i].words.size() <= depth) continue;
    const std::string& word = commands[i].words[depth];
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

CommandPath follow(const WordList& line, const std::vector<CommandShape>& commands,
                   const std::string& unfinished) {
  CommandPath path;
  path.beyond.resize(commands.size());
  std::iota(path.beyond.begin(), path.beyond.end(), std::size_t{0});
  while (true) {
    const auto ended = ends_at(path, commands);
    if (ended) {
      path.command = ended;
      path.own = path.depth;
    }
    if (path.depth == line.size()) return path;
    const bool whole_only = ended && commands[*ended].takes_arguments;
    path.meant =
        meanings(line[path.depth], words_at(path.beyond, path.depth, commands), whole_only);
    path.meant = that_go_on(path.meant, path, line, commands, unfinished);
    if (path.meant.size() != 1) return path;
    std::erase_if(path.beyond, [&](std::size_t i) {
      const WordList& words = commands[i].words;
      return words.size() <= path.depth || words[path.depth] != path.meant.front();
    });
    ++path.depth;
    path.meant.clear();
  }
}

std::string joined(const WordList& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace spillway
