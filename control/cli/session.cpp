#include "control/cli/session.h"

#include <fmt/chrono.h>
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <ctime>

namespace spillway {
namespace {

using Clock = std::chrono::steady_clock;

/// False when somebody wants no more before `until`.
bool wait(Clock::time_point until, const Interruption& interruption) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return true;
    pollfd wanted{interruption.descriptor, POLLIN, 0};
    if (poll(&wanted, 1, static_cast<int>(left.count())) > 0 && interruption.asked()) return false;
  }
}

std::string now() {
  return fmt::format("{:%F %T}", fmt::localtime(std::time(nullptr)));
}

}  // namespace

Outcome Session::obey(const std::string& line, const AnswerSink& sink,
                      const Interruption& interruption) const {
  Request request;
  try {
    request = parse_request(line);
  } catch (const RequestError& e) {
    sink(false, std::string(e.what()) + "\n");
    return Outcome::refused;
  }
  if (!request.every) return ask_router(socket_, request.line, sink, interruption);
  return watch(request, sink, interruption);
}

Outcome Session::watch(const Request& request, const AnswerSink& sink,
                       const Interruption& interruption) const {
  constexpr char clear[] = "\x1b[H\x1b[2J";
  auto next = Clock::now();
  for (std::uint64_t n = 0; !request.count || n < *request.count; ++n) {
    if (n > 0 && !wait(next, interruption)) return Outcome::interrupted;
    next = Clock::now() + *request.every;
    sink(true, clears_ ? clear : n > 0 ? "\n" : "");
    const double seconds = std::chrono::duration<double>(*request.every).count();
    sink(true,
         now() + (clears_ ? fmt::format("  every {} s: {}\n\n", seconds, request.line) : "\n"));
    const Outcome outcome = ask_router(socket_, request.line, sink, interruption);
    if (outcome != Outcome::good) return outcome;
  }
  return Outcome::good;
}

}  // namespace spillway
