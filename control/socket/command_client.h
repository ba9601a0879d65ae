#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "control/socket/answer.h"
#include "control/socket/default_socket.h"

namespace spillway {

/// What a person does to get rid of an answer that is still coming.
struct Interruption {
  int descriptor = -1;          ///< readable when something was done; -1: nothing can be
  std::function<bool()> asked;  ///< takes what is there to read; whether it means the end
};

enum class Outcome : std::uint8_t { good, refused, interrupted };

/// Takes a part of an answer's text; `good`: it is what was asked for, not why it is refused.
using AnswerSink = std::function<void(bool good, std::string_view piece)>;

/// Sends one line to the router at `path` and hands its answer on as it comes, so that it takes no
/// more memory than a piece of it. Throws std::runtime_error when there is no router, or no longer.
/// Thread contract: any.
Outcome ask_router(const std::string& path, const std::string& line, const AnswerSink& sink,
                   const Interruption& interruption = {});

/// The same with the whole answer at once.
Answer ask_router(const std::string& path, const std::string& line);

}  // namespace spillway
