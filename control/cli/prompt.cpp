#include "control/cli/prompt.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "control/commands/command_path.h"

namespace spillway {
namespace {

constexpr char kPrompt[] = "spillway> ";
constexpr char kCtrlC = '\x03';
constexpr char kOwnHelp[] =
    "quit                         leave; so does Ctrl-D\n\n"
    "Words may be written short. Tab completes, ? says what may follow, Ctrl-C ends an answer.\n"
    "Behind a show command --watch [SECONDS] repeats it.\n";

void watch(int epoll, int descriptor) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  if (descriptor >= 0) epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &wanted);
}

bool readable(int descriptor) {
  pollfd state{descriptor, POLLIN, 0};
  return descriptor >= 0 && poll(&state, 1, 0) > 0;
}

}  // namespace

Prompt::Prompt(PromptSettings settings)
    : settings_(std::move(settings)),
      session_(settings_.socket, true),
      history_(settings_.history),
      keys_(settings_.in),
      out_(settings_.out, [this] { return over(); }),
      editor_([this](std::string_view text) { out_.write(text); },
              [this](const std::string& left) { return offers_for(left); }),
      anything_(epoll_create1(EPOLL_CLOEXEC)) {
  watch(anything_, settings_.in);
  watch(anything_, settings_.background.bell);
  for (const std::string& line : history_.lines()) editor_.remember(line);
}

Prompt::~Prompt() {
  close(anything_);
}

Prompt::End Prompt::run() {
  editor_.begin(kPrompt);
  while (!end_) await();
  if (*end_ != End::quit) out_.write("\n");
  return *end_;
}

/// Something happens; it may be that what was typed during an answer is still to be taken.
void Prompt::await() {
  if (!typed_.empty()) {
    const char c = typed_.front();
    typed_.erase(0, 1);
    return take_key(c);
  }
  tell_news(false);
  epoll_event ignored{};
  epoll_wait(anything_, &ignored, 1, -1);
  take_news();
  if (!end_ && readable(settings_.in)) read_keys();
}

void Prompt::read_keys() {
  std::array<char, 256> keys{};
  const ssize_t n = read(settings_.in, keys.data(), keys.size());
  if (n > 0) typed_.append(keys.data(), static_cast<std::size_t>(n));
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) end_ = End::hung_up;
}

void Prompt::take_key(char c) {
  const LineEditor::State state = editor_.feed(c);
  if (state == LineEditor::State::editing) return;
  const std::string line = state == LineEditor::State::end ? "quit" : editor_.line();
  if (state == LineEditor::State::end) out_.write("\n");
  if (split_words(line) == WordList{"quit"}) {
    end_ = End::quit;
    return;
  }
  if (history_.add(line)) editor_.remember(line);
  if (!split_words(line).empty()) obey(line);
  if (!end_) editor_.begin(kPrompt);
}

void Prompt::obey(const std::string& line) {
  bool line_start = true;
  const AnswerSink sink = [&](bool, std::string_view piece) {
    if (piece.empty()) return;
    if (line_start) tell_news(true);
    out_.write(piece);
    line_start = piece.ends_with('\n');
  };
  Outcome outcome = Outcome::refused;
  try {
    outcome = session_.obey(line, sink, interruption());
  } catch (const std::exception& e) {
    sink(false, std::string(e.what()) + "\n");
  }
  if (!line_start) out_.write("\n");
  if (outcome == Outcome::good && split_words(line) == WordList{"help"}) out_.write(kOwnHelp);
  take_news();
  tell_news(true);
}

/// Whoever rings has said before that it is over, if it is: so the bell is silenced before that is
/// asked, or it would never be noticed.
void Prompt::take_news() {
  if (settings_.background.news && readable(settings_.background.bell))
    news_ += settings_.background.news();
  if (over()) end_ = End::sent_off;
}

/// At the start of a line, or in place of the one that is being written.
void Prompt::tell_news(bool at_line_start) {
  if (news_.empty()) return;
  if (!at_line_start) editor_.hide();
  out_.write(std::exchange(news_, {}));
  if (!at_line_start) editor_.show();
}

/// While an answer is coming.
Interruption Prompt::interruption() {
  return {anything_, [this] { return asked_to_stop(); }};
}

bool Prompt::asked_to_stop() {
  take_news();
  if (readable(settings_.in)) read_keys();
  const std::size_t stop = typed_.rfind(kCtrlC);
  if (stop != std::string::npos) typed_.erase(0, stop + 1);
  return stop != std::string::npos || end_.has_value();
}

std::vector<Offer> Prompt::offers_for(const std::string& left) {
  std::vector<Offer> offers;
  try {
    std::string answer;
    const AnswerSink sink = [&](bool good, std::string_view piece) {
      if (good) answer += piece;
    };
    ask_router(session_.socket(), "complete " + left, sink, interruption());
    offers = parse_offers(answer);
  } catch (const std::exception&) {
    // Without a router there is nothing to offer; the next command says why.
  }
  add_own_offers(left, offers);
  return offers;
}

}  // namespace spillway
