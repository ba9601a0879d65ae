#include "control/cli/request.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "control/commands/command_path.h"

namespace spillway {
namespace {

constexpr double kLeastSeconds = 0.1;
constexpr double kMostSeconds = 86400;
constexpr std::chrono::milliseconds kUsual{2000};

/// The whole of `word` as a number.
template <typename T>
std::optional<T> number(const std::string& word) {
  T value{};
  const char* end = word.data() + word.size();
  const auto [stopped, error] = std::from_chars(word.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::chrono::milliseconds pace(const std::string& word, double seconds) {
  if (!(seconds >= kLeastSeconds && seconds <= kMostSeconds))
    throw RequestError("--watch: found " + word + "; allowed: seconds from 0.1 to 86400");
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// Takes `--watch` away, and the number behind it if there is one.
void take_watch(WordList& words, Request& request) {
  const auto at = std::find(words.begin(), words.end(), "--watch");
  if (at == words.end()) return;
  request.every = kUsual;
  const auto behind = std::next(at);
  const auto seconds = behind == words.end() ? std::nullopt : number<double>(*behind);
  if (seconds) request.every = pace(*behind, *seconds);
  words.erase(at, seconds ? std::next(behind) : behind);
}

void take_count(WordList& words, Request& request) {
  const auto at = std::find(words.begin(), words.end(), "--count");
  if (at == words.end()) return;
  const auto behind = std::next(at);
  if (behind != words.end()) request.count = number<std::uint64_t>(*behind);
  if (!request.count || *request.count == 0)
    throw RequestError("--count: found " +
                       (behind == words.end() ? std::string("nothing") : "\"" + *behind + "\"") +
                       "; allowed: a number from 1 on");
  if (!request.every) throw RequestError("--count: allowed beside --watch only");
  words.erase(at, std::next(behind));
}

}  // namespace

bool is_show(const std::string& line) {
  const WordList words = split_words(line);
  return !words.empty() && std::string_view("show").starts_with(words.front());
}

Request parse_request(const std::string& line) {
  Request request;
  WordList words = split_words(line);
  const auto own = [](const std::string& word) { return word == "--watch" || word == "--count"; };
  // Any other line is the router's, byte by byte.
  if (std::none_of(words.begin(), words.end(), own) || split_words(line).front() == "complete")
    return {line, std::nullopt, std::nullopt};
  take_watch(words, request);
  take_count(words, request);
  for (const std::string& word : words) request.line += (request.line.empty() ? "" : " ") + word;
  if (!is_show(request.line)) throw RequestError("--watch: allowed behind a show command only");
  return request;
}

}  // namespace spillway
