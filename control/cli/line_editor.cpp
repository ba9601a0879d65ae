#include "control/cli/line_editor.h"

#include <cmdline_rdline.h>
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

namespace spillway {
namespace {

// The states of rdline's loop over what Tab or ? bring.
constexpr int kHelp = -1;
constexpr int kTab = 0;
constexpr int kNothing = 0;
constexpr int kChoice = 1;

}  // namespace

LineEditor::LineEditor(Write write, Complete complete)
    : write_(std::move(write)),
      complete_(std::move(complete)),
      editor_(rdline_new(write_char, validate, LineEditor::complete, this), rdline_free) {
  if (!editor_) throw std::bad_alloc();
}

LineEditor::~LineEditor() = default;

void LineEditor::begin(const std::string& prompt) {
  rdline_newline(editor_.get(), prompt.c_str());
  flush();
}

LineEditor::State LineEditor::feed(char c) {
  const int result = rdline_char_in(editor_.get(), c);
  flush();
  if (result == RDLINE_RES_EOF) return State::end;
  return result == RDLINE_RES_VALIDATED ? State::line : State::editing;
}

void LineEditor::remember(const std::string& line) {
  rdline_add_history(editor_.get(), line.c_str());
}

void LineEditor::hide() {
  write_("\r\x1b[K");
}

void LineEditor::show() {
  rdline_redisplay(editor_.get());
  flush();
}

void LineEditor::flush() {
  if (!pending_.empty()) write_(std::exchange(pending_, {}));
}

int LineEditor::write_char(rdline* editor, char c) {
  static_cast<LineEditor*>(rdline_get_opaque(editor))->pending_ += c;
  return 0;
}

void LineEditor::validate(rdline* editor, const char* text, unsigned) {
  const std::string_view line(text);
  static_cast<LineEditor*>(rdline_get_opaque(editor))->line_ = line.substr(0, line.find('\n'));
}

int LineEditor::complete(rdline* editor, const char* left, char* into, unsigned size, int* state) {
  std::string text;
  const int result = static_cast<LineEditor*>(rdline_get_opaque(editor))->offer(left, text, *state);
  const std::size_t n = std::min<std::size_t>(text.size(), size - 1);
  std::copy_n(text.begin(), n, into);
  into[n] = '\0';
  return result;
}

/// Called by rdline with kTab or kHelp, then, as long as it gets choices, with what it was left.
int LineEditor::offer(const std::string& left, std::string& into, int& state) {
  if (state == kTab || state == kHelp) {
    flush();  // the router may take its time
    offers_ = complete_(left);
    if (state == kTab) into = agreed_addition(left, offers_);
    if (!into.empty()) return RDLINE_RES_COMPLETE;
    state = 1;
  }
  const auto at = static_cast<std::size_t>(state++ - 1);
  if (at >= offers_.size()) return kNothing;
  into = fmt::format("{:<16} {}", offers_[at].word, offers_[at].help);
  return kChoice;
}

}  // namespace spillway
