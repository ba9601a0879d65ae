#include "control/commands/command_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace spillway {
namespace {

std::optional<std::uint64_t> parse_number(const std::string& word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

/// What a client sent, fit for a terminal.
std::string printable(std::string text) {
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f') c = '?';
  return text;
}

/// Behind the first `n` words and one space.
std::string behind_words(const std::string& line, std::size_t n) {
  constexpr char space[] = " \t\n\v\f\r";
  std::size_t at = 0;
  for (; n > 0; --n) at = line.find_first_of(space, line.find_first_not_of(space, at));
  return at < line.size() ? line.substr(at + (at > 0 ? 1 : 0)) : std::string();
}

}  // namespace

bool Arguments::flag(std::string_view word) {
  const auto at = std::find(words_.begin(), words_.end(), word);
  if (at == words_.end()) return false;
  words_.erase(at);
  return true;
}

std::optional<std::string> Arguments::word() {
  if (words_.empty()) return std::nullopt;
  std::string first = std::move(words_.front());
  words_.erase(words_.begin());
  return first;
}

std::optional<std::string> Arguments::after(std::string_view name) {
  const auto at = std::find(words_.begin(), words_.end(), name);
  if (at == words_.end()) return std::nullopt;
  const auto behind = std::next(at);
  if (behind == words_.end()) throw CommandError(fmt::format("nothing stands behind {}", name));
  std::string value = std::move(*behind);
  words_.erase(at, std::next(behind));
  return value;
}

std::optional<std::uint64_t> Arguments::number(std::uint64_t least, std::uint64_t most) {
  for (auto at = words_.begin(); at != words_.end(); ++at) {
    const auto value = parse_number(*at);
    if (!value) continue;
    if (*value < least || *value > most)
      throw CommandError(
          fmt::format("found {}; allowed: a number from {} to {}", *at, least, most));
    words_.erase(at);
    return value;
  }
  return std::nullopt;
}

void Arguments::finish(std::string_view allowed) const {
  if (words_.empty()) return;
  throw CommandError(fmt::format("found \"{}\"; allowed: {}", words_.front(),
                                 allowed.empty() ? "nothing more" : allowed));
}

void CommandTable::add(Command command) {
  shapes_.push_back({split_words(command.words), !command.arguments.empty()});
  commands_.push_back(std::move(command));
}

Answer CommandTable::obey(const std::string& line, Rights granted) const {
  const WordList words = split_words(line);
  const CommandPath path = follow(words, shapes_);
  if (!path.command || path.meant.size() > 1) return {false, printable(why_not(path, words))};
  const auto own = static_cast<std::ptrdiff_t>(path.own);
  return run(commands_[*path.command],
             Arguments({words.begin() + own, words.end()}, behind_words(line, path.own)), granted);
}

Answer CommandTable::run(const Command& command, Arguments arguments, Rights granted) const {
  if (command.rights > granted)
    return {false, command.words +
                       ": you may look only; changes are for root, the user that runs the router, "
                       "and members of `control.admin_group`\n"};
  try {
    return command.handler(arguments);
  } catch (const CommandError& e) {
    return {false, printable(command.words + ": " + e.what() + "\n")};
  } catch (const std::exception& e) {
    // No command, whatever goes wrong in it, is worth the traffic.
    return {false, printable(command.words + ": failed: " + e.what() + "\n")};
  }
}

/// `words` lead to no command, or to several.
std::string CommandTable::why_not(const CommandPath& path, const WordList& words) const {
  std::string known;
  for (std::size_t i = 0; i < path.depth; ++i)
    known += shapes_[path.beyond.front()].words[i] + (i + 1 < path.depth ? " " : ": ");
  if (path.meant.size() > 1)
    return fmt::format("{}\"{}\" may be {}\n", known, words[path.depth], joined(path.meant));
  const std::string choices = joined(words_at(path.beyond, path.depth, shapes_));
  if (path.depth == 0)
    return fmt::format("unknown command \"{}\"; `help` lists them\n",
                       words.empty() ? "" : words.front());
  if (path.depth == words.size()) return fmt::format("{}what? allowed: {}\n", known, choices);
  return fmt::format("{}found \"{}\"; allowed: {}\n", known, words[path.depth], choices);
}

/// What is longer than its column has what it does on the next line.
std::string CommandTable::help_of(const Command& command) {
  constexpr std::size_t column = 29;
  const std::string gap = command.arguments.empty() ? "" : " ";
  const std::string left = command.words + gap + command.arguments;
  if (left.size() < column) return fmt::format("{:<{}}{}\n", left, column, command.help);
  return fmt::format("{}\n{:<{}}{}\n", left, "", column, command.help);
}

std::string CommandTable::help(const WordList& first) const {
  const CommandPath path = follow(first, shapes_);
  if (path.depth < first.size()) {
    std::string why = why_not(path, first);
    why.pop_back();  // its line end
    throw CommandError(why);
  }
  std::vector<const Command*> known;
  for (const std::size_t i : path.beyond) known.push_back(&commands_[i]);
  std::sort(known.begin(), known.end(),
            [](const Command* a, const Command* b) { return a->words < b->words; });
  std::string text;
  for (const Command* command : known) text += help_of(*command);
  return text;
}

}  // namespace spillway
