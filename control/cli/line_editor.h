#pragma once
// A line under a cursor, with keys, history, Tab and ?.
//
// This is DPDK's rdline (librte_cmdline), the editor that testpmd has, without the tables of static
// tokens that DPDK's own parser wants: what may be typed here, the router says while it runs.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "control/cli/offers.h"

struct rdline;

namespace spillway {

/// Thread contract: one thread.
class LineEditor {
 public:
  using Write = std::function<void(std::string_view)>;
  /// What the last word of what stands left of the cursor can become.
  using Complete = std::function<std::vector<Offer>(const std::string& left)>;
  enum class State : std::uint8_t { editing, line, end };

  static constexpr std::size_t kLongest = 511;  ///< bytes; more are not taken

  /// Throws std::bad_alloc.
  LineEditor(Write write, Complete complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Writes the prompt, at most 31 bytes, and takes a new line.
  void begin(const std::string& prompt);
  /// Takes what a key sends. `line`: there is one, until `begin`; `end`: Ctrl-D on an empty one.
  State feed(char c);
  const std::string& line() const { return line_; }
  /// Later lines are the first that the arrow key up brings.
  void remember(const std::string& line);
  /// Takes the line off the screen, for something else to be written there ...
  void hide();
  /// ... and writes it again.
  void show();

 private:
  static int write_char(rdline* editor, char c);
  static void validate(rdline* editor, const char* text, unsigned size);
  static int complete(rdline* editor, const char* left, char* into, unsigned size, int* state);

  int offer(const std::string& left, std::string& into, int& state);
  void flush();

  Write write_;
  Complete complete_;
  std::unique_ptr<rdline, void (*)(rdline*)> editor_;
  std::string pending_;  ///< for the screen
  std::string line_;
  std::vector<Offer> offers_;
};

}  // namespace spillway
