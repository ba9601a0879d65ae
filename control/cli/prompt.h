#pragma once
// A person at a terminal, who gives commands to a router.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "control/cli/history.h"
#include "control/cli/line_editor.h"
#include "control/cli/session.h"
#include "control/cli/terminal.h"

namespace spillway {

/// What else happens while somebody types.
struct Background {
  int bell = -1;  ///< readable when there is something; -1: never
  std::function<std::string()>
      news;                    ///< whole lines that are to be read at the terminal; may be null
  std::function<bool()> over;  ///< whether the prompt has to go; may be null
};

struct PromptSettings {
  std::string socket;
  int in = 0;  ///< both ends of one terminal
  int out = 1;
  std::string history;  ///< a file; empty: none
  Background background;
};

/// Thread contract: one thread, which may be any.
class Prompt {
 public:
  enum class End : std::uint8_t {
    quit,      ///< the person wants to leave
    hung_up,   ///< the terminal is gone
    sent_off,  ///< Background::over
  };

  /// Throws std::runtime_error when there is no terminal.
  explicit Prompt(PromptSettings settings);
  ~Prompt();
  Prompt(const Prompt&) = delete;
  Prompt& operator=(const Prompt&) = delete;

  /// Until the end; the terminal is as it was when the Prompt is destroyed.
  End run();

 private:
  void await();
  void read_keys();
  void take_key(char c);
  void obey(const std::string& line);
  void take_news();
  void tell_news(bool at_line_start);
  bool asked_to_stop();
  std::vector<Offer> offers_for(const std::string& left);
  Interruption interruption();
  bool over() const { return settings_.background.over && settings_.background.over(); }

  PromptSettings settings_;
  Session session_;
  History history_;
  KeyMode keys_;
  TerminalWriter out_;
  LineEditor editor_;
  int anything_ = -1;  ///< an epoll(7) of the terminal and the bell
  std::string typed_;  ///< while an answer was coming
  std::string news_;   ///< that wait for the end of a line
  std::optional<End> end_;
};

}  // namespace spillway
