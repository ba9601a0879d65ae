#include "tests/lab/wire/settings.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace spillway::wire {
namespace {

constexpr double kMostMilliseconds = 60'000;
constexpr double kMostRate = 1e12;

/// The number at the beginning of `text`, which loses it. Throws when there is none.
double take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) throw SettingError("");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

double in_range(double number, double most) {
  if (number < 0 || number > most) throw SettingError("");
  return number;
}

Nanoseconds milliseconds(std::string_view text) {
  const double number = in_range(take_number(text), kMostMilliseconds);
  if (!text.empty() && text != "ms") throw SettingError("");
  return Nanoseconds(std::llround(number * 1e6));
}

double share(std::string_view text) {
  const double number = in_range(take_number(text), 100);
  if (!text.empty() && text != "%") throw SettingError("");
  return number / 100;
}

std::uint64_t bits_per_second(std::string_view text) {
  double number = take_number(text);
  if (text == "k") number *= 1e3;
  if (text == "M") number *= 1e6;
  if (text == "G") number *= 1e9;
  if (!text.empty() && text != "k" && text != "M" && text != "G") throw SettingError("");
  return static_cast<std::uint64_t>(in_range(number, kMostRate));
}

struct Setting {
  const char* name;
  const char* allowed;
  void (*change)(Settings&, std::string_view);
};

constexpr char kTime[] = "milliseconds from 0 to 60000";
constexpr char kShare[] = "per cent from 0 to 100";
constexpr char kRate[] = "bit/s such as 10M, 512k or 1G; 0: unlimited";

constexpr std::array<Setting, 8> kSettings{{
    {"delay", kTime, [](Settings& s, std::string_view v) { s.delay = milliseconds(v); }},
    {"jitter", kTime, [](Settings& s, std::string_view v) { s.jitter = milliseconds(v); }},
    {"rate", kRate, [](Settings& s, std::string_view v) { s.rate = bits_per_second(v); }},
    {"queue", kTime, [](Settings& s, std::string_view v) { s.queue = milliseconds(v); }},
    {"loss", kShare, [](Settings& s, std::string_view v) { s.loss = share(v); }},
    {"duplicate", kShare, [](Settings& s, std::string_view v) { s.duplicate = share(v); }},
    {"reorder", kShare, [](Settings& s, std::string_view v) { s.reorder = share(v); }},
    {"hold", kTime, [](Settings& s, std::string_view v) { s.hold = milliseconds(v); }},
}};

}  // namespace

void change(Settings& settings, const std::string& name, const std::string& value) {
  for (const Setting& setting : kSettings) {
    if (name != setting.name) continue;
    try {
      setting.change(settings, value);
    } catch (const SettingError&) {
      throw SettingError("found \"" + value + ("\"; allowed: " + std::string(setting.allowed)));
    }
    return;
  }
  throw SettingError("unknown setting; allowed: " + setting_names());
}

std::string setting_names() {
  std::string names;
  for (const Setting& setting : kSettings) {
    if (!names.empty()) names += ", ";
    names += setting.name;
  }
  return names;
}

}  // namespace spillway::wire
