#pragma once
// Typed reading of libconfig settings: every mistake is collected with its place, and settings that
// nobody asked for are mistakes too.

#include <cstdint>
#include <functional>
#include <libconfig.h++>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/config/config.h"

namespace spillway::config {

/// Errors in the order they were found. Thread contract: one thread.
class Errors {
 public:
  /// More would hide the first cause.
  static constexpr std::size_t kMost = 20;

  explicit Errors(std::string file) : file_(std::move(file)) {}

  void add(const Location& where, const std::string& setting, const std::string& what);
  /// Throws ConfigError when there is any.
  void throw_if_any() const;
  Location locate(const libconfig::Setting& setting) const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
  std::size_t more_ = 0;
};

/// What a setting holds, as a person would quote it.
std::string describe(const libconfig::Setting& setting);

/// A group of settings. Readers return nothing (or the default) when the setting is absent or
/// wrong; what is wrong has been reported then. Thread contract: one thread.
class Section {
 public:
  Section(const libconfig::Setting& group, std::string path, Errors& errors);

  bool has(const char* key) const { return group_.exists(key); }
  bool is_number(const char* key) const;
  bool is_group(const char* key) const;
  Location where() const { return errors_.locate(group_); }
  const std::string& path() const { return path_; }

  std::optional<std::string> text(const char* key);
  std::optional<bool> boolean(const char* key);
  std::optional<std::uint64_t> integer(const char* key, std::uint64_t least, std::uint64_t most);
  /// An integer, or text such as "5M".
  std::optional<BitsPerSecond> rate(const char* key);
  /// The same, or a part of a capacity: "80%".
  std::optional<RateLimit> rate_or_share(const char* key, const Uplink& of, Traffic traffic);

  /// Text that `parser` (std::optional<T>(std::string_view)) understands.
  template <typename Parser>
  auto parsed(const char* key, Parser&& parser, const char* allowed)
      -> decltype(parser(std::string_view())) {
    const auto found = text(key);
    if (!found) return std::nullopt;
    auto value = parser(std::string_view(*found));
    if (!value) reject(key, allowed);
    return value;
  }

  /// One of a few words.
  template <typename T>
  std::optional<T> choice(const char* key,
                          const std::vector<std::pair<std::string_view, T>>& words) {
    const auto found = text(key);
    if (!found) return std::nullopt;
    std::string allowed;
    for (const auto& [word, value] : words) {
      if (word == *found) return value;
      allowed += (allowed.empty() ? "" : ", ") + std::string(word);
    }
    reject(key, allowed);
    return std::nullopt;
  }

  /// A sub-group; absent or wrong: nothing happens.
  void group(const char* key, const std::function<void(Section&)>& read);
  /// Each group of a list; a single group counts as a list of one.
  void each_group(const char* key, const std::function<void(Section&)>& read);
  /// Each text of a list or array; a single text counts as a list of one.
  void each_text(const char* key, const std::function<void(const std::string&)>& read);
  /// Names of the settings in here, for groups whose keys are free.
  std::vector<std::string> keys() const;

  /// Reports a required setting that is absent.
  void require(const char* key, const char* allowed);
  /// Reports the value of `key` as wrong.
  void reject(const char* key, const std::string& allowed);
  /// Reports any other mistake about `key`.
  void mistake(const char* key, const std::string& what);
  /// Reports what nobody has read.
  void finish();

 private:
  const libconfig::Setting* find(const char* key);
  Location location_of(const char* key) const;
  std::string name_of(const char* key) const;

  const libconfig::Setting& group_;
  std::string path_;
  Errors& errors_;
  std::vector<std::string> known_;
};

}  // namespace spillway::config
