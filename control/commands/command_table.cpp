#include "control/commands/command_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace spillway {
namespace {

std::vector<std::string> split(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

bool begins_with(const std::vector<std::string>& words, const std::vector<std::string>& first) {
  return words.size() >= first.size() && std::equal(first.begin(), first.end(), words.begin());
}

std::optional<std::uint64_t> parse_number(const std::string& word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
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
  commands_.push_back(std::move(command));
}

const CommandTable::Command* CommandTable::find(const std::vector<std::string>& words) const {
  const Command* found = nullptr;
  for (const Command& command : commands_)
    if (begins_with(words, split(command.words)) &&
        (found == nullptr || command.words.size() > found->words.size()))
      found = &command;
  return found;
}

Answer CommandTable::obey(const std::string& line) const {
  std::vector<std::string> words = split(line);
  const Command* command = find(words);
  if (command == nullptr) return {false, "unknown command \"" + line + "\"; `help` lists them\n"};
  const auto own = static_cast<std::ptrdiff_t>(split(command->words).size());
  Arguments arguments({words.begin() + own, words.end()});
  try {
    Answer answer = command->handler(arguments);
    return answer;
  } catch (const CommandError& e) {
    return {false, command->words + ": " + e.what() + "\n"};
  }
}

std::string CommandTable::help() const {
  std::string text;
  for (const Command& command : commands_) {
    const bool bare = command.arguments.empty();
    text += fmt::format("{:<28} {}\n", command.words + (bare ? "" : " " + command.arguments),
                        command.help);
  }
  return text;
}

}  // namespace spillway
