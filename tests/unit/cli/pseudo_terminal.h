#pragma once
// A terminal without a person: what is typed there and what it shows.

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <chrono>
#include <stdexcept>
#include <string>

namespace spillway {

class PseudoTerminal {
 public:
  PseudoTerminal() {
    if (openpty(&master_, &slave_, nullptr, nullptr, nullptr) != 0)
      throw std::runtime_error("no pseudo terminal");
  }
  ~PseudoTerminal() {
    hang_up();
    close(slave_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  int end() const { return slave_; }

  void type(const std::string& keys) const {
    if (write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
      throw std::runtime_error("the terminal takes no more");
  }

  /// Waits until it shows `text` behind what was waited for before; all that was shown up to there,
  /// without what only moves the cursor.
  std::string until(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    std::size_t at = std::string::npos;
    while ((at = shown_.find(text)) == std::string::npos) {
      pollfd more{master_, POLLIN, 0};
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error("\"" + text + "\" does not come, but: " + shown_);
      if (poll(&more, 1, 100) > 0) take();
    }
    std::string before = shown_.substr(0, at + text.size());
    shown_.erase(0, at + text.size());
    return before;
  }

  void hang_up() {
    if (master_ >= 0) close(master_);
    master_ = -1;
  }

 private:
  void take() {
    std::array<char, 4096> part{};
    const ssize_t n = read(master_, part.data(), part.size());
    for (ssize_t i = 0; i < n; ++i) show(part[static_cast<std::size_t>(i)]);
  }

  /// ESC and a letter, ESC [ digits and a letter, and the carriage's return are no text.
  void show(char c) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    if (c == '\x1b') {
      escaped_ = true;
    } else if (escaped_) {
      escaped_ = !letter;
    } else if (c != '\r') {
      shown_ += c;
    }
  }

  int master_ = -1;
  int slave_ = -1;
  bool escaped_ = false;
  std::string shown_;
};

}  // namespace spillway
