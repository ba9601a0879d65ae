#pragma once

#include <string>

namespace spillway {

/// Keeps a second router off a card. Cards belong to the machine, not to a network namespace as
/// Linux interfaces do: this is a lock on a file. A process that is killed leaves the file, but not
/// the lock. Thread contract: control only.
class CardLock {
 public:
  /// Throws std::runtime_error that names the process that has `card`.
  explicit CardLock(const std::string& card, const std::string& folder = "/run/lock");
  ~CardLock();
  CardLock(CardLock&& other) noexcept;
  CardLock& operator=(CardLock&&) = delete;

 private:
  std::string path_;
  int fd_;
};

}  // namespace spillway
