#pragma once

#include <memory>
#include <string>

namespace spillway {

/// What is still to come of an answer: rows that workers send, packets that pass. Whoever reads it
/// sets the pace; it ends when it is destroyed, which may be early. Thread contract: control only.
class AnswerRest {
 public:
  /// About as much as one call adds.
  static constexpr std::size_t kPiece = 64 * 1024;

  AnswerRest() = default;
  virtual ~AnswerRest() = default;
  AnswerRest(const AnswerRest&) = delete;
  AnswerRest& operator=(const AnswerRest&) = delete;

  /// Appends what there is by now, which may be nothing; never waits. False when that was all.
  virtual bool append_to(std::string& text) = 0;
};

/// What a command has come to. On the wire: `ok` or `error`, a line end, then the text.
struct Answer {
  bool good = true;
  std::string text;
  std::unique_ptr<AnswerRest> rest = nullptr;  ///< behind the text; null: there is no more
};

}  // namespace spillway
