#pragma once
// Commands given one after the other to one router.

#include <string>
#include <string_view>

#include "control/cli/request.h"
#include "control/socket/command_client.h"

namespace spillway {

/// Each command has a connection of its own; what makes them a session is who gives them. Thread
/// contract: one thread.
class Session {
 public:
  /// `clears`: a watched answer replaces the one before on the screen.
  Session(std::string socket, bool clears) : socket_(std::move(socket)), clears_(clears) {}

  /// Does what the line says, also again and again. A mistake in what is not the router's matter
  /// comes out as a refusal. Throws std::runtime_error when there is no router.
  Outcome obey(const std::string& line, const AnswerSink& sink,
               const Interruption& interruption = {}) const;

  const std::string& socket() const { return socket_; }

 private:
  Outcome watch(const Request& request, const AnswerSink& sink,
                const Interruption& interruption) const;

  std::string socket_;
  bool clears_;
};

}  // namespace spillway
