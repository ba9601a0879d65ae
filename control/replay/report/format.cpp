#include "control/replay/report/format.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace spillway::replay {
namespace {

/// Three digits that count, with the prefix that leaves one to three before the point.
std::string scaled(double value, const char* unit) {
  constexpr std::array<const char*, 5> kPrefixes = {"", "k", "M", "G", "T"};
  std::size_t step = 0;
  while (value >= 999.5 && step + 1 < kPrefixes.size()) {
    value /= 1000;
    ++step;
  }
  const int decimals = step == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fixed(value, decimals) + " " + kPrefixes[step] + unit;
}

}  // namespace

std::string with_separators(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string rate_text(BitsPerSecond rate) {
  return scaled(static_cast<double>(rate.value), "bit/s");
}

std::string bytes_text(std::uint64_t bytes) {
  return scaled(static_cast<double>(bytes), "B");
}

std::string duration_text(double seconds) {
  if (seconds < 120) return fixed(seconds, 3) + " s";
  const auto whole = static_cast<std::uint64_t>(seconds);
  const std::string minutes = std::to_string(whole / 60 % 60) + " min ";
  return (whole >= 3600 ? std::to_string(whole / 3600) + " h " : "") + minutes +
         std::to_string(whole % 60) + " s";
}

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) value = 0;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

}  // namespace spillway::replay
