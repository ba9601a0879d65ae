#pragma once
// A command as a person gives it: what the router is told, and how often.

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace spillway {

/// Says what was found and what is allowed.
class RequestError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Request {
  std::string line;                                ///< for the router
  std::optional<std::chrono::milliseconds> every;  ///< watch it; nothing: once
  std::optional<std::uint64_t> count;              ///< how often at most
};

/// Takes `--watch [SECONDS]` and `--count N` out of a line. Throws RequestError. Thread contract:
/// any.
Request parse_request(const std::string& line);

/// Whether the command shows something, so that it does no harm to repeat it.
bool is_show(const std::string& line);

}  // namespace spillway
