#pragma once
// Commands out of a file.

#include <istream>
#include <string>

#include "control/cli/session.h"

namespace spillway {

struct BatchSettings {
  std::string name;         ///< of the file, for errors
  bool keep_going = false;  ///< after a command that is refused
};

/// Gives the commands to the router, one a line; `#` begins a comment at the start of a line or
/// behind a space, and `quit` ends it. What is refused is said as "NAME:LINE: why". Stops at the
/// first of these unless told otherwise. Whether none was refused. Throws std::runtime_error when
/// there is no router. Thread contract: one thread.
bool run_batch(std::istream& input, const BatchSettings& settings, const Session& session,
               const AnswerSink& sink);

}  // namespace spillway
