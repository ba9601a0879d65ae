#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

namespace spillway {

/// Keys stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// As all commands answer: indented, a line end behind it; bytes that are no text are replaced.
inline std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

inline double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

inline double in_ms(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace spillway
