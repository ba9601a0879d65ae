#pragma once
// What one direction of the wire does to its frames, and the words that change it.

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace spillway::wire {

using Nanoseconds = std::chrono::nanoseconds;

/// A setting that does not exist or cannot have this value; the text says what is allowed.
class SettingError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Settings {
  Nanoseconds delay{0};
  Nanoseconds jitter{0};          ///< the delay varies by as much, up and down; the order is kept
  std::uint64_t rate = 0;         ///< bit/s of Ethernet frames; 0: unlimited
  Nanoseconds queue{50'000'000};  ///< at the given rate: what would wait longer is dropped
  Nanoseconds hold{5'000'000};    ///< how much later a reordered frame comes
  double loss = 0;                ///< shares from 0 to 1
  double duplicate = 0;
  double reorder = 0;
  bool cut = false;
};

/// Changes the setting `name`. Throws SettingError, whose text does not repeat the name, and
/// changes nothing then.
void change(Settings& settings, const std::string& name, const std::string& value);

/// All names that `change` knows, for help texts.
std::string setting_names();

}  // namespace spillway::wire
