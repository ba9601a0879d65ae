#include "control/config/rate.h"

#include <charconv>
#include <cmath>

namespace spillway::config {
namespace {

std::optional<double> factor_of(std::string_view suffix) {
  constexpr std::string_view kPrefixes = "kMGT";
  if (suffix.empty()) return 1.0;
  const std::size_t power = kPrefixes.find(suffix.front());
  if (power == std::string_view::npos) return std::nullopt;
  const bool binary = suffix.size() == 2 && suffix[1] == 'i';
  if (suffix.size() > 1 && !binary) return std::nullopt;
  return std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power + 1));
}

}  // namespace

std::optional<BitsPerSecond> parse_rate(std::string_view text) {
  const char* end = text.data() + text.size();
  // Whole numbers beyond 2^53 would lose digits in a double.
  std::uint64_t whole = 0;
  const auto exact = std::from_chars(text.data(), end, whole);
  if (exact.ec == std::errc() && exact.ptr == end) return BitsPerSecond{whole};
  double number = 0;
  const auto [at, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  const auto factor = factor_of({at, static_cast<std::size_t>(end - at)});
  if (!factor || number * *factor >= 18446744073709551615.0) return std::nullopt;
  return BitsPerSecond{static_cast<std::uint64_t>(std::llround(number * *factor))};
}

std::optional<double> parse_share(std::string_view text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  double percent = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  if (error != std::errc() || at != end || !(percent > 0 && percent <= 100)) return std::nullopt;
  return percent / 100;
}

}  // namespace spillway::config
