#pragma once
// Commands that were typed, kept for the next time.

#include <string>
#include <vector>

namespace spillway {

/// What cannot be read or written is left alone: a prompt works without. Thread contract: one
/// thread.
class History {
 public:
  static constexpr std::size_t kKept = 200;  ///< commands

  /// `file`: empty: nothing is kept.
  explicit History(std::string file);

  /// Oldest first.
  const std::vector<std::string>& lines() const { return lines_; }
  /// Writes it to the file at once. Blank lines and repetitions of the last one are not kept; true
  /// when this one was.
  bool add(const std::string& line);

 private:
  void write_all() const;

  std::string file_;
  std::vector<std::string> lines_;
};

/// In $XDG_STATE_HOME, or ~/.local/state; empty when neither is named.
std::string history_file();

}  // namespace spillway
