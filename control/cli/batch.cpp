#include "control/cli/batch.h"

#include <array>
#include <limits>
#include <optional>

#include "control/commands/command_path.h"
#include "control/socket/command_server.h"

namespace spillway {
namespace {

/// One line of a file, which may be of any size.
struct Line {
  std::string text;
  bool too_long = false;
};

std::optional<Line> next_line(std::istream& input) {
  std::array<char, CommandServer::kLongestLine> room{};
  input.getline(room.data(), room.size());
  const auto n = static_cast<std::size_t>(input.gcount());
  if (input.bad() || (input.eof() && n == 0)) return std::nullopt;
  if (!input.fail()) return Line{{room.data(), input.eof() ? n : n - 1}};
  input.clear();
  input.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  return Line{"", true};
}

std::string without_comment(const std::string& line) {
  for (std::size_t at = line.find('#'); at != std::string::npos; at = line.find('#', at + 1))
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  return line;
}

/// Puts the place in front of what is refused.
class Placed {
 public:
  Placed(const AnswerSink& sink, std::string place) : sink_(sink), place_(std::move(place)) {}

  void operator()(bool good, std::string_view piece) {
    if (!good && !said_) sink_(false, place_);
    said_ = said_ || !good;
    sink_(good, piece);
  }

 private:
  const AnswerSink& sink_;
  std::string place_;
  bool said_ = false;
};

bool obey(const Line& line, const Session& session, Placed& placed) {
  if (line.too_long) {
    placed(false,
           "a command may have " + std::to_string(CommandServer::kLongestLine - 1) + " bytes\n");
    return false;
  }
  const std::string command = without_comment(line.text);
  if (split_words(command).empty()) return true;
  return session.obey(command, std::ref(placed)) != Outcome::refused;
}

}  // namespace

bool run_batch(std::istream& input, const BatchSettings& settings, const Session& session,
               const AnswerSink& sink) {
  bool all_good = true;
  std::size_t number = 0;
  while (const auto line = next_line(input)) {
    ++number;
    if (split_words(without_comment(line->text)) == WordList{"quit"}) break;
    Placed placed(sink, settings.name + ":" + std::to_string(number) + ": ");
    if (obey(*line, session, placed)) continue;
    all_good = false;
    if (!settings.keep_going) break;
  }
  return all_good;
}

}  // namespace spillway
